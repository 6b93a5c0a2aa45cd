import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ByteWriter } from '../../src/gob/wire/byte-writer.js';
import { gob, GobEncoder, type GobType } from '../../src/gob/index.js';
import { emptyStruct, requestType } from '../../src/netrpc/headers.js';

/** What one hostile connection sends, in pieces. After the last it stays open and silent. */
export interface HostileKind {
  readonly name: string;
  readonly pieces: readonly Uint8Array[];
}

const OPENING = Buffer.from('CONNECT /_goRPC_ HTTP/1.0\n\n');
const KiB = 1024;

/** Ways to make a server hold much or work much for a connection, each within a second or two for a thousand of them. */
export function hostileKinds(): readonly HostileKind[] {
  const zeros = Buffer.alloc(512 * KiB);
  return [
    { name: 'silence', pieces: [] },
    { name: 'half a preamble', pieces: [OPENING.subarray(0, 20)] },
    {
      name: 'headers without end',
      pieces: repeated(300, Buffer.from(`X-Header: ${'v'.repeat(KiB)}\r\n`), head()),
    },
    { name: 'headers byte by byte', pieces: [head(), ...single(Buffer.from('X-H: v\r\n'.repeat(100)))] },
    { name: 'a TLS handshake', pieces: [Buffer.from([22, 3, 1, 2, 0]), zeros] },
    { name: 'preamble, then garbage', pieces: [OPENING, ...cut(garbage(256 * KiB), 4 * KiB)] },
    {
      name: 'preamble, then dribbled bytes of a claim',
      pieces: [OPENING, claim(15), ...single(zeros.subarray(0, 500))],
    },
    { name: 'a claim of 15 MiB, 512 KiB in pieces', pieces: [OPENING, claim(15), ...cut(zeros, 4 * KiB)] },
    { name: 'a claim of 15 MiB, 512 KiB at once', pieces: [OPENING, claim(15), zeros] },
    { name: 'a claim beyond the limit', pieces: [OPENING, claim(4 * KiB), zeros] },
    { name: 'types nested deeply', pieces: [OPENING, ...cut(nestedSlices(1_900), 4 * KiB)] },
    { name: 'structs of many fields', pieces: [OPENING, ...cut(structs(19, 1_000, ''), 16 * KiB)] },
    {
      name: 'types with long names',
      pieces: [OPENING, ...cut(structs(30, 1, 'n'.repeat(30 * KiB)), 64 * KiB)],
    },
    { name: 'an argument of many elements', pieces: [OPENING, ...cut(manyElements(200_000), 64 * KiB)] },
    {
      name: 'large arguments',
      pieces: [OPENING, ...cut(calls(1, 'RPCServerDriver.SetConfigRaw', gob.bytes, zeros), 64 * KiB)],
    },
    {
      name: 'replies that are not read',
      pieces: [OPENING, calls(200, 'RPCServerDriver.GetCreateFlags', emptyStruct, {})],
    },
  ];
}

/** A thousand streams of one kind against one port. */
export class Attack {
  readonly #sockets: Socket[];
  #sending = false;

  private constructor(sockets: Socket[]) {
    this.#sockets = sockets;
  }

  /** Opens all connections; nothing is sent yet. */
  static async open(port: number, count: number): Promise<Attack> {
    const sockets = Array.from({ length: count }, () => {
      const socket = connect(port, '127.0.0.1');
      // A connection that the server ends is what should happen.
      socket.on('error', () => socket.destroy());
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect').catch(() => undefined)));
    return new Attack(sockets);
  }

  /** Resolves when each connection has sent everything or has been ended by the server. */
  async send({ pieces }: HostileKind): Promise<void> {
    this.#sending = true;
    await Promise.all(this.#sockets.map((socket) => sendAll(socket, pieces)));
    this.#sending = false;
  }

  /** Whether `send` has more to do. */
  get isSending(): boolean {
    return this.#sending;
  }

  async close(): Promise<void> {
    const open = this.#sockets.filter(({ closed }) => !closed);
    const closed = open.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of open) socket.destroy();
    await Promise.all(closed);
  }
}

async function sendAll(socket: Socket, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    // A piece is on its way, or the connection is gone, before the next is written.
    await new Promise<void>((resolve) => {
      const gone = (): void => resolve();
      socket.once('close', gone);
      socket.write(piece, () => {
        socket.off('close', gone);
        setImmediate(resolve);
      });
    });
  }
}

function head(): Uint8Array {
  return OPENING.subarray(0, OPENING.length - 1);
}

function repeated(times: number, piece: Uint8Array, first: Uint8Array): readonly Uint8Array[] {
  return [first, ...Array.from({ length: times }, () => piece)];
}

function single(bytes: Uint8Array): readonly Uint8Array[] {
  return cut(bytes, 1);
}

function cut(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

/** The length in front of a message of so many MiB. */
function claim(mebibytes: number): Uint8Array {
  const out = new ByteWriter();
  out.uint(mebibytes * KiB * KiB);
  return out.toBytes();
}

/** Bytes without a pattern, the same in every run; each message of it is short. */
function garbage(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 0x8000_0000;
    return (state >> 16) & 0x7f;
  });
}

function messages(count: number, write: (out: ByteWriter, index: number) => void): Uint8Array {
  const all = Array.from({ length: count }, (_, index) => {
    const body = new ByteWriter();
    write(body, index);
    const framed = new ByteWriter();
    framed.take(body);
    return framed.toBytes();
  });
  return Buffer.concat(all);
}

/** Definitions 65, 66, …: each a slice of the next. */
function nestedSlices(count: number): Uint8Array {
  return messages(count, (out, index) => {
    const id = 65 + index;
    out.int(-id);
    for (const byte of [2, 1, 2]) out.byte(byte);
    out.int(id);
    for (const byte of [0, 1]) out.byte(byte);
    out.int(id + 1);
    for (const byte of [0, 0]) out.byte(byte);
  });
}

function structs(count: number, fields: number, prefix: string): Uint8Array {
  return messages(count, (out, index) => {
    const id = 65 + index;
    out.int(-id);
    for (const byte of [3, 1, 2]) out.byte(byte);
    out.int(id);
    for (const byte of [0, 1]) out.byte(byte);
    out.uint(fields);
    for (let field = 0; field < fields; field++) {
      out.byte(1);
      out.text(`${prefix}F${String(field)}`);
      out.byte(1);
      out.int(2);
      out.byte(0);
    }
    for (const byte of [0, 0]) out.byte(byte);
  });
}

/** Whole calls, as a client sends them. */
function calls(count: number, method: string, type: GobType, value: unknown): Uint8Array {
  const sent: Uint8Array[] = [];
  const encoder = new GobEncoder((bytes) => sent.push(bytes));
  for (let seq = 0; seq < count; seq++) {
    encoder.encodeAll([
      { type: requestType, value: { ServiceMethod: method, Seq: seq } },
      { type, value },
    ]);
  }
  return Buffer.concat(sent);
}

/** A map of flags as SetConfigFromFlags takes it, with very many entries of a list. */
function manyElements(count: number): Uint8Array {
  const list = gob.slice(gob.string);
  return calls(1, 'RPCServerDriver.GetVersion', gob.struct('', { All: list }), {
    All: Array.from({ length: count }, () => 'x'),
  });
}
