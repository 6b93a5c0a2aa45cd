import { getEventListeners, once } from 'node:events';
import type { Socket } from 'node:net';
import { gob, GobDecoder, GobEncoder, type GobType } from '../../src/gob/index.js';
import { emptyStruct, RpcClient } from '../../src/netrpc/index.js';
import { requestType, responseType } from '../../src/netrpc/headers.js';
import { deferred, OPENED, OPENING, startListening, startServer, type LoopbackServer } from './loopback.js';

const nothing = { type: emptyStruct, value: {} };

/** The server's end, played by a test: sees the requests, says what it likes. */
class PlayedServer {
  readonly #decoder = new GobDecoder();
  readonly #encoder: GobEncoder;
  #wake: () => void = () => undefined;

  constructor(readonly socket: Socket) {
    this.#encoder = new GobEncoder((bytes) => socket.write(bytes));
    socket.setNoDelay(true).on('error', () => undefined);
  }

  start(): void {
    this.socket.on('data', (chunk) => {
      this.#decoder.push(Buffer.from(chunk));
      this.#wake();
    });
  }

  /** Waits for a request, and reads it. */
  async request(type: GobType = emptyStruct): Promise<{ header: unknown; argument: unknown }> {
    const header = await this.#next(requestType);
    return { header, argument: await this.#next(type) };
  }

  reply(Seq: number, type: GobType, value: unknown, Error = ''): void {
    this.#encoder.encodeAll([
      { type: responseType, value: { ServiceMethod: 'T.X', Seq, Error } },
      { type, value },
    ]);
  }

  async #next(type: GobType): Promise<unknown> {
    for (;;) {
      const done = this.#decoder.decode(type);
      if (done !== undefined) return done.value;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

let server: LoopbackServer | undefined;
afterEach(() => server?.close());

/** Listens; answers the opening in `pieces`. */
async function playServer(
  pieces: readonly string[] = [OPENED],
): Promise<{ port: number; played: Promise<PlayedServer> }> {
  const { promise, resolve } = deferred<PlayedServer>();
  server = await startListening((socket) => {
    const played = new PlayedServer(socket);
    socket.once('data', (opening) => {
      expect(opening.toString()).toBe(OPENING);
      played.start();
      for (const piece of pieces) socket.write(piece);
      resolve(played);
    });
  });
  return { port: server.port, played: promise };
}

async function connected(): Promise<{ client: RpcClient; played: PlayedServer }> {
  const { port, played } = await playServer();
  const client = await RpcClient.connect({ host: '127.0.0.1', port });
  return { client, played: await played };
}

describe('connecting', () => {
  const connect = async (pieces: readonly string[]): Promise<unknown> => {
    const { port } = await playServer(pieces);
    return RpcClient.connect({ host: '127.0.0.1', port });
  };

  test.each([
    ['as Go writes it', [OPENED]],
    ['byte by byte', Array.from(OPENED)],
    ['with CRLF and headers', ['HTTP/1.1 200 Connected to Go RPC\r\nX: y\r\n\r\n']],
  ])('the answer %s', async (_, pieces) => {
    expect(await connect(pieces)).toBeInstanceOf(RpcClient);
  });

  test.each([
    [
      'HTTP/1.0 405 Method Not Allowed\r\n\r\n405 must CONNECT\n',
      'unexpected HTTP response: HTTP/1.0 405 Method Not Allowed',
    ],
    ['HTTP/1.0 200 OK\r\n\r\n', 'unexpected HTTP response: HTTP/1.0 200 OK'],
    ['SSH-2.0-OpenSSH_9.2\r\n\r\n', 'unexpected HTTP response: SSH-2.0-OpenSSH_9.2'],
    ['x'.repeat(5_000), 'no HTTP response from the RPC server'],
  ])('%#: another answer is refused', async (answer, message) => {
    await expect(connect([answer])).rejects.toMatchObject({ fault: 'protocol', message });
  });

  test('nobody there', async () => {
    const { port } = await playServer();
    await server?.close();
    server = undefined;
    await expect(RpcClient.connect({ host: '127.0.0.1', port })).rejects.toMatchObject({
      fault: 'connection',
      message: expect.stringContaining('ECONNREFUSED') as unknown,
    });
  });

  test('a server that closes instead of answering', async () => {
    server = await startListening((socket) => socket.end());
    await expect(RpcClient.connect({ host: '127.0.0.1', port: server.port })).rejects.toMatchObject({
      fault: 'connection',
    });
  });

  test('a server that says nothing is left when the signal says so', async () => {
    const { promise, resolve } = deferred<Socket>();
    server = await startListening(resolve);
    const controller = new AbortController();
    const attempt = RpcClient.connect({ host: '127.0.0.1', port: server.port, signal: controller.signal });
    const socket = await promise;
    controller.abort(new Error('enough'));
    await expect(attempt).rejects.toThrow('enough');
    await once(socket.resume(), 'close');
  });

  test('not with a signal that is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('before'));
    await expect(RpcClient.connect({ host: '127.0.0.1', port: 1, signal })).rejects.toThrow('before');
  });
});

describe('calls', () => {
  test('Seq counts from 0, replies find their calls in any order', async () => {
    const { client, played } = await connected();
    const calls = ['a', 'b', 'c'].map((value) => client.call('T.X', { type: gob.string, value }, gob.string));
    for (const [Seq, argument] of ['a', 'b', 'c'].entries()) {
      expect(await played.request(gob.string)).toEqual({ header: { ServiceMethod: 'T.X', Seq }, argument });
    }
    for (const Seq of [2, 0, 1]) played.reply(Seq, gob.string, `reply ${String(Seq)}`);
    expect(await Promise.all(calls)).toEqual(['reply 0', 'reply 1', 'reply 2']);
  });

  test('an error reply rejects with its text, whatever its body is', async () => {
    const { client, played } = await connected();
    const call = client.call('T.X', nothing, gob.int);
    await played.request();
    played.reply(0, gob.string, 'this is no int', 'no such VM');
    await expect(call).rejects.toMatchObject({ fault: 'remote', message: 'no such VM' });
  });

  test('a reply to no call is read past', async () => {
    const { client, played } = await connected();
    const call = client.call('T.X', nothing, gob.int);
    await played.request();
    played.reply(77, gob.slice(gob.string), ['?']);
    played.reply(77, emptyStruct, {}, 'an error for nobody');
    played.reply(0, gob.int, 5);
    expect(await call).toBe(5);
  });

  test('a reply of another type rejects its call only', async () => {
    const { client, played } = await connected();
    const [wrong, right] = [client.call('T.X', nothing, gob.int), client.call('T.X', nothing, gob.int)];
    played.reply(0, gob.string, 'text');
    played.reply(1, gob.int, 5);
    await expect(wrong).rejects.toThrow('gob: decoding into local type *int, received remote type string');
    expect(await right).toBe(5);
  });

  test('an argument that is not of its type is not sent', async () => {
    const { client, played } = await connected();
    await expect(client.call('T.X', { type: gob.int, value: 'x' }, gob.int)).rejects.toThrow(
      'cannot encode string',
    );
    const call = client.call('T.X', { type: gob.int, value: 1 }, gob.int);
    expect(await played.request(gob.int)).toMatchObject({ header: { Seq: 0 }, argument: 1 });
    played.reply(0, gob.int, 2);
    expect(await call).toBe(2);
  });

  test('a signal that lives long is let go of', async () => {
    const { client, played } = await connected();
    const { signal } = new AbortController();
    const call = client.call('T.X', nothing, gob.int, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    played.reply(0, gob.int, 1);
    await call;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('an aborted call is not waited for, and its reply not mistaken', async () => {
    const { client, played } = await connected();
    const controller = new AbortController();
    const call = client.call('T.X', nothing, gob.int, controller.signal);
    const next = client.call('T.X', nothing, gob.int, controller.signal);
    await played.request();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await expect(next).rejects.toThrow('enough');
    await expect(client.call('T.X', nothing, gob.int, controller.signal)).rejects.toThrow('enough');
    const last = client.call('T.X', nothing, gob.int, new AbortController().signal);
    played.reply(0, gob.int, 1);
    played.reply(1, gob.int, 2);
    played.reply(2, gob.int, 3);
    expect(await last).toBe(3);
  });

  test('a call may be aborted while its reply is half there', async () => {
    const { client, played } = await connected();
    const controller = new AbortController();
    const call = client.call('T.X', nothing, gob.string, controller.signal);
    await played.request();
    const bytes: Uint8Array[] = [];
    const encoder = new GobEncoder((written) => bytes.push(written));
    encoder.encode(responseType, { ServiceMethod: 'T.X', Seq: 0 });
    encoder.encode(gob.string, 'half a reply');
    encoder.encode(responseType, { ServiceMethod: 'T.X', Seq: 1 });
    encoder.encode(gob.string, 'whole');
    const all = Buffer.concat(bytes);
    const cut = all.indexOf('half a') + 3;
    played.socket.write(all.subarray(0, cut));
    const echo = client.call('T.X', nothing, gob.string);
    await played.request();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    played.socket.write(all.subarray(cut));
    expect(await echo).toBe('whole');
  });
});

describe('the end of a connection', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['closed', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
  ])('%s by the server: all calls fail, later ones too', async (_, end) => {
    const { client, played } = await connected();
    const calls = [client.call('T.X', nothing, gob.int), client.call('T.X', nothing, gob.int)];
    await played.request();
    end(played.socket);
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes).toMatchObject(
      calls.map(() => ({ status: 'rejected', reason: { fault: 'connection' } })),
    );
    await expect(client.call('T.X', nothing, gob.int)).rejects.toMatchObject({ fault: 'connection' });
    client.close();
  });

  test('by this side', async () => {
    const { client, played } = await connected();
    const call = client.call('T.X', nothing, gob.int);
    await played.request();
    const ended = once(played.socket, 'end');
    client.close();
    await expect(call).rejects.toThrow('connection is shut down');
    await ended;
    await expect(client.call('T.X', nothing, gob.int)).rejects.toThrow('connection is shut down');
  });

  test('what is not net/rpc', async () => {
    const { client, played } = await connected();
    const call = client.call('T.X', nothing, gob.int);
    await played.request();
    played.socket.write(Uint8Array.of(3, 4, 0, 2));
    await expect(call).rejects.toMatchObject({ fault: 'protocol' });
  });
});

test('both ends together: a thousand calls at once, answered in any order', async () => {
  const handle = async (argument: unknown): Promise<unknown> => {
    for (let turns = Number(argument) % 7; turns > 0; turns--) await Promise.resolve();
    return [argument, argument];
  };
  server = await startServer({ T: { Twice: { argument: gob.int, reply: gob.slice(gob.int), handle } } });
  const client = await RpcClient.connect({ host: '127.0.0.1', port: server.port });
  const numbers = Array.from({ length: 1_000 }, (_, i) => i);
  const call = (value: number): Promise<unknown> =>
    client.call('T.Twice', { type: gob.int, value }, gob.slice(gob.int));
  expect(await Promise.all(numbers.map(call))).toEqual(numbers.map((value) => [value, value]));
  client.close();
  await server.served[0];
  expect(server.errors).toEqual([]);
});
