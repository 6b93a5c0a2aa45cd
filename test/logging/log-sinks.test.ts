import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { DescriptorSink } from '../../src/logging/descriptor-sink.js';
import { PluginLog } from '../../src/logging/index.js';
import { BACKLOG_LIMIT, type LineSink } from '../../src/logging/line-sink.js';
import { StreamSink } from '../../src/logging/stream-sink.js';

const line = (text: string): Buffer => Buffer.from(`${text}\n`);
/** What a pipe holds on Linux, bytes. */
const PIPE_SIZE = 64 * 1024;

describe('a pipe that nobody reads', () => {
  let folder: string;
  let reader: number;
  let writer: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pipe-'));
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  });

  afterEach(() => {
    closeSync(writer);
    rmSync(folder, { recursive: true });
  });

  function readAll(): string {
    const buffer = Buffer.alloc(4 * PIPE_SIZE);
    try {
      return buffer.toString('latin1', 0, readSync(reader, buffer));
    } catch {
      return '';
    }
  }

  test('takes what fits, keeps what must not be lost, in order, and drops what may be', async () => {
    const sink = new DescriptorSink(writer);
    const long = 'x'.repeat(30_000);
    for (const text of ['1', '2', '3']) sink.write(line(text + long), false);
    sink.write(line('debug'), true);
    sink.write(line('4'), false);
    let seen = readAll();
    await sink.flush(1_000);
    seen += readAll();
    await sink.flush(1_000);
    seen += readAll();
    closeSync(reader);
    const lines = seen.replaceAll(long, '').split('\n');
    expect(lines).toEqual([
      '1',
      '2',
      '3',
      '4',
      '(1 log lines were dropped: the client did not read them)',
      '',
    ]);
  });

  test('costs no more memory than the backlog, and no time', async () => {
    const sink = new DescriptorSink(writer);
    const begin = process.cpuUsage();
    for (let count = 0; count < 20_000; count += 1) sink.write(line('y'.repeat(99)), false);
    expect(process.cpuUsage(begin).user / 1_000).toBeLessThan(1_000);
    let seen = '';
    for (let part = readAll(); part !== '' || seen === ''; part = readAll()) {
      seen += part;
      await sink.flush(20);
    }
    closeSync(reader);
    expect(seen.length).toBeGreaterThan(BACKLOG_LIMIT);
    expect(seen.length).toBeLessThan(BACKLOG_LIMIT + 2 * PIPE_SIZE);
    expect(seen).toMatch(/\n\(\d+ log lines were dropped: the client did not read them\)\n$/);
  });

  test('that has been closed breaks the sink, and nothing else', () => {
    const sink = new DescriptorSink(writer);
    closeSync(reader);
    sink.write(line('anybody?'), false);
    expect(sink.broken).toBe(true);
    expect(() => sink.write(line('still there?'), false)).not.toThrow();
  });
});

describe('a stream', () => {
  class Slow extends Writable {
    readonly taken: string[] = [];
    #next: (() => void) | undefined;
    constructor() {
      super({ highWaterMark: 8 });
    }
    override _write(chunk: Buffer, _: string, next: () => void): void {
      this.taken.push(chunk.toString());
      this.#next = next;
    }
    read(): void {
      this.#next?.();
    }
  }

  test('that is full keeps lines back until it drains', async () => {
    const stream = new Slow();
    const sink = new StreamSink(stream);
    for (const text of ['first line', 'second', 'third']) sink.write(line(text), false);
    sink.write(line('debug'), true);
    expect(stream.taken).toEqual(['first line\n']);
    for (let turn = 0; turn < 6; turn += 1) {
      stream.read();
      await new Promise(setImmediate);
    }
    expect(stream.taken.join('')).toBe(
      'first line\nsecond\nthird\n(1 log lines were dropped: the client did not read them)\n',
    );
  });

  test('that fails breaks the sink, and nothing else', async () => {
    const stream = new Slow();
    const sink = new StreamSink(stream);
    stream.destroy(new Error('EPIPE'));
    await new Promise(setImmediate);
    expect(sink.broken).toBe(true);
    sink.write(line('x'), false);
    await sink.flush(10);
    expect(stream.taken).toEqual([]);
  });
});

describe('the plugin’s log', () => {
  class Memory implements LineSink {
    readonly broken = false;
    text = '';
    write(bytes: Buffer): void {
      this.text += bytes.toString();
    }
    flush(): Promise<void> {
      return Promise.resolve();
    }
  }

  test('speaks to the person only while something is done for them', () => {
    const [output, errors] = [new Memory(), new Memory()];
    const log = new PluginLog(output, errors);
    log.info('early');
    const hush = log.aloud();
    log.info('creating');
    const hushOther = log.aloud();
    hushOther();
    hushOther();
    log.warn('odd');
    log.debug('detail');
    hush();
    log.warn('late');
    expect(output.text).toBe('creating\nWARNING: odd\n');
    expect(errors.text).toBe('early\ndetail\nWARNING: late\n');
  });

  test('takes secrets out before lines are cut', () => {
    const errors = new Memory();
    const log = new PluginLog(new Memory(), errors);
    log.redactor.add('two\nlines');
    log.debug(`${'x'.repeat(32 * 1024 - 3)}two\nlines`);
    expect(errors.text).not.toContain('lines');
  });
});
