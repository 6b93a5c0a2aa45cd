import { FrameSink } from '../../src/agent/frame-sink.js';

/** A launcher that takes frames only when it is told to. */
class Launcher {
  readonly taken: string[] = [];
  isSlow = false;
  #waiting: (() => void)[] = [];

  readonly send = (type: string, bytes: Uint8Array, done: () => void = () => undefined): void => {
    this.taken.push(`${type} ${Buffer.from(bytes).toString().trim()}`);
    if (this.isSlow) this.#waiting.push(done);
    else done();
  };

  catchUp(): void {
    this.isSlow = false;
    for (const done of this.#waiting.splice(0)) done();
  }
}

const line = (text: string): Buffer => Buffer.from(`${text}\n`);

test('lines go out at once; behind a slow launcher they wait, in order, and those that may be lost are counted', async () => {
  const launcher = new Launcher();
  const sink = new FrameSink('2', launcher.send);
  sink.write(line('a'), true);
  launcher.isSlow = true;
  for (const text of ['b', 'c', 'd']) sink.write(line(text), false);
  sink.write(line('lost'), true);
  expect(launcher.taken).toEqual(['2 a', '2 b']);
  await sink.flush(0);
  const flushed = sink.flush(60_000);
  launcher.catchUp();
  await flushed;
  expect(launcher.taken.slice(2, 4)).toEqual(['2 c', '2 d']);
  expect(launcher.taken[4]).toContain('1 log lines were dropped');
  await sink.flush(60_000);
});

test('a backlog of thousands of lines goes out without deep calls', () => {
  const launcher = new Launcher();
  const sink = new FrameSink('1', launcher.send);
  launcher.isSlow = true;
  for (let number = 0; number <= 20_000; number += 1) sink.write(line(String(number)), false);
  launcher.catchUp();
  expect(launcher.taken).toHaveLength(20_001);
});
