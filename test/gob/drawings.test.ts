import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gob, GobDecoder, GobEncoder, type GobType } from '../../src/gob/index.js';
import { ByteReader } from '../../src/gob/wire/byte-reader.js';
import { emptyStruct, requestType, responseType } from '../../src/netrpc/headers.js';
import { typescriptFiles } from '../source-tree.js';
import { gobBytes, recordedConnections, type Direction } from './recorded-sessions.js';

/** A line of a drawing: bytes, and what is said of them. */
interface Line {
  readonly indent: number;
  readonly bytes: Buffer;
  readonly note: string;
}

const LINE = /^ \* ( *)((?:[0-9a-f]{2})+(?: {1,2}(?:[0-9a-f]{2})+)*)(?:  +(\S.*))?$/;

/** The drawings in the comments of a file, each between two lines of back quotes. */
function drawingsIn(text: string): Line[][] {
  return text
    .split(/^ \* ```$/m)
    .filter((_, i) => i % 2 === 1)
    .map((block) =>
      block.split('\n').flatMap((line) => {
        const [, indent, hex, note = ''] = LINE.exec(line) ?? [];
        if (indent === undefined || hex === undefined) return [];
        return [{ indent: indent.length, bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex'), note }];
      }),
    );
}

function drawingOf(file: string): Line[] {
  const drawing = drawingsIn(readFileSync(join(__dirname, '../../src/gob', file), 'utf8'))[0];
  if (drawing === undefined) throw new Error(`no drawing in ${file}`);
  return drawing;
}

const bytesIn = (lines: readonly Line[]): Buffer => Buffer.concat(lines.map(({ bytes }) => bytes));

/** The integer in the last bytes of a line, behind `from` bytes. */
function integerIn(bytes: Buffer, kind: 'int' | 'uint', from: number): string {
  const reader = new ByteReader();
  reader.load(bytes.subarray(from));
  return String(kind === 'int' ? reader.int() : reader.uint());
}

const header = { ServiceMethod: 'RPCServerDriver.GetState', Seq: 3 };
type Sent = readonly [GobType, unknown];
const drawings: [string, Line[], Direction, readonly [Sent, Sent]][] = [
  [
    'a call',
    drawingOf('decode/decoder.ts'),
    'client->server',
    [
      [requestType, header],
      [emptyStruct, {}],
    ],
  ],
  [
    'a reply',
    drawingOf('encode/encoder.ts'),
    'server->client',
    [
      [responseType, { ...header, Error: '' }],
      [gob.int, 1],
    ],
  ],
];

describe.each(drawings)('the drawing of %s', (_, lines, direction, sent) => {
  test('is what the decoder reads', () => {
    const decoder = new GobDecoder();
    decoder.push(bytesIn(lines));
    expect(sent.map(([type]) => decoder.decode(type)?.value)).toEqual(sent.map(([, value]) => value));
    decoder.end();
  });

  test('is what the encoder writes', () => {
    const written: Uint8Array[] = [];
    const encoder = new GobEncoder((bytes) => written.push(bytes));
    for (const [type, value] of sent) encoder.encode(type, value);
    expect(Buffer.concat(written).toString('hex')).toBe(bytesIn(lines).toString('hex'));
  });

  test('is what docker-machine and a Go plugin said, message by message', () => {
    const session = recordedConnections().find(
      ({ name, items }) => name.startsWith('status ') && items.some(({ seq }) => seq === header.Seq),
    );
    if (session === undefined) throw new Error('no recording');
    const recorded = gobBytes(session, direction);
    const starts = lines.flatMap(({ indent }, i) => (indent === 0 ? [i] : []));
    const messages = starts.map((start, i) => bytesIn(lines.slice(start, starts[i + 1])));
    const [definition, call = definition, ...rest] = messages;
    // The empty struct was defined for an earlier call, so this one is a header with its body behind it.
    const whole = recorded.indexOf(Buffer.concat([call, rest.at(-1)].flatMap((part) => part ?? [])));
    expect(whole).toBeGreaterThan(0);
    expect(messages.slice(0, -1).map((message) => recorded.indexOf(message) <= whole)).not.toContain(false);
    expect(messages.map((message) => recorded.indexOf(message))).not.toContain(-1);
    expect(definition && recorded.indexOf(definition)).toBe(0);
  });

  test('counts the bytes that follow', () => {
    const counts = lines.flatMap(({ note, bytes, indent }, i) => {
      const [, said] = /^(\d+) bytes follow$/.exec(note) ?? [];
      if (said === undefined) return [];
      const rest = lines.slice(i + 1);
      const end = rest.findIndex((line) => line.indent <= indent);
      const inside = bytesIn(end < 0 ? rest : rest.slice(0, end)).length;
      return [{ said, there: String(inside), written: integerIn(bytes, 'uint', 0) }];
    });
    expect(counts.length).toBe(lines.filter(({ indent }) => indent === 0).length);
    expect(counts).toEqual(counts.map(({ said }) => ({ said, there: said, written: said })));
  });

  test('numbers the fields by their distances', () => {
    const last = new Map<number, number>();
    const numbers = lines.flatMap(({ indent, bytes, note }) => {
      for (const deeper of last.keys()) if (deeper > indent) last.delete(deeper);
      const [, said] = /^field (\d+)/.exec(note) ?? [];
      if (said === undefined) {
        last.delete(indent);
        return [];
      }
      const number = (last.get(indent) ?? -1) + (bytes[0] ?? 0);
      last.set(indent, number);
      return [{ said: Number(said), number }];
    });
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers.map(({ number }) => number)).toEqual(numbers.map(({ said }) => said));
  });

  test('reads the integers', () => {
    const integers = lines.flatMap(({ bytes, note }) => {
      const [, id] = /^type id (-?\d+)/.exec(note) ?? /^int (\d+)/.exec(note) ?? [];
      const [, partId] = /\bId: (\d+)/.exec(note) ?? [];
      const [, count] = /\bSeq: (\d+)/.exec(note) ?? /(\d+) elements/.exec(note) ?? [];
      if (id !== undefined) return [[id, integerIn(bytes, 'int', 0)]];
      if (partId !== undefined) return [[partId, integerIn(bytes, 'int', 1)]];
      return count === undefined ? [] : [[count, integerIn(bytes, 'uint', 1)]];
    });
    expect(integers.length).toBeGreaterThan(7);
    expect(integers.map(([, there]) => there)).toEqual(integers.map(([said]) => said));
  });
});

test('texts in all drawings of gob are in the bytes beside them, with their lengths', () => {
  const files = typescriptFiles('src').filter(({ path }) => path.startsWith('src/gob/'));
  const texts = files.flatMap(({ path, text }) =>
    drawingsIn(text)
      .flat()
      .flatMap(({ bytes, note }) =>
        [...note.matchAll(/"([^"]*)"/g)].flatMap(([, said = '']) =>
          said === '' ? [] : [{ path, bytes, said: Buffer.from(said) }],
        ),
      ),
  );
  expect(texts.length).toBeGreaterThan(15);
  const wrong = texts.filter(({ bytes, said }) => bytes[bytes.indexOf(said) - 1] !== said.length);
  expect(wrong.map(({ path, said }) => `${path}: ${said.toString()}`)).toEqual([]);
});
