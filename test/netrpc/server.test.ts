import { once } from 'node:events';
import { gob, type GobType } from '../../src/gob/index.js';
import { emptyStruct, type Call, type Method, type Services } from '../../src/netrpc/index.js';
import { repliesIn, RequestBytes, type Reply } from './exchange.js';
import { deferred, RawClient, startServer, type LoopbackServer } from './loopback.js';

const nothing = { argument: emptyStruct, reply: emptyStruct };
const replyTypes: Readonly<Record<string, GobType>> = { 'T.Echo': gob.string, 'T.Slow': gob.string };
const typeOf = (method: string): GobType => replyTypes[method] ?? emptyStruct;

let server: LoopbackServer;
let client: RawClient;
let seen: string[];
let slowCalls: { finish: (text: string) => void; fail: (error: Error) => void; call: Call }[];
/** Resolves with each call of T.Slow that begins. */
let slowBegins: () => void;

const slow: Method = {
  argument: emptyStruct,
  reply: gob.string,
  handle: (_, call) => {
    const { promise, resolve, reject } = deferred<string>();
    slowCalls.push({ finish: resolve, fail: reject, call });
    slowBegins();
    return promise;
  },
};
const services: Services = {
  T: {
    Echo: { argument: gob.string, reply: gob.string, handle: (text) => text },
    Slow: slow,
    Beat: { ...nothing, handle: () => undefined },
    Async: { ...nothing, handle: () => Promise.resolve() },
    WrongReply: { ...nothing, reply: gob.int, handle: () => 'not a number' },
  },
};

async function start(limits: NonNullable<Parameters<typeof startServer>[1]>['limits'] = {}): Promise<void> {
  seen = [];
  slowCalls = [];
  slowBegins = () => undefined;
  server = await startServer(services, { limits, onCall: (method) => seen.push(method) });
  client = await RawClient.open(server.port);
}

beforeEach(() => start());
afterEach(async () => {
  client.socket.destroy();
  await server.close();
  await Promise.all(server.served);
});

/** Waits until so many calls of T.Slow run. */
async function slowCallsRunning(count: number): Promise<void> {
  while (slowCalls.length < count) await new Promise<void>((resolve) => (slowBegins = resolve));
}

async function repliesUntil(count: number): Promise<Reply[]> {
  return repliesIn(await client.until((bytes) => repliesIn(bytes, typeOf).length >= count), typeOf);
}

const seqs = (replies: readonly Reply[]): unknown[] => replies.map(({ header }) => header.Seq);

describe('calls at the same time', () => {
  test('a later call is answered while an earlier one runs', async () => {
    client.socket.write(new RequestBytes().add('T.Slow').add('T.Beat').add('T.Echo', gob.string, 'x').take());
    expect(seqs(await repliesUntil(2))).toEqual([1, 2]);
    slowCalls[0]?.finish('done');
    expect((await repliesUntil(3)).at(-1)).toEqual({
      header: { ServiceMethod: 'T.Slow', Seq: 0, Error: '' },
      body: 'done',
    });
    expect(seen).toEqual(['T.Slow', 'T.Beat', 'T.Echo']);
  });

  test('replies are whole in whatever order calls end', async () => {
    const count = 40;
    const requests = new RequestBytes();
    for (let i = 0; i < count; i++) requests.add('T.Slow');
    client.socket.write(requests.take());
    await slowCallsRunning(count);
    const order = slowCalls
      .map((call, i) => ({ call, i }))
      .sort((a, b) => ((a.i * 17) % count) - ((b.i * 17) % count));
    for (const { call, i } of order) call.finish(String(i).repeat(3_000));
    const replies = await repliesUntil(count);
    expect(replies.map(({ header, body }) => body === String(header.Seq).repeat(3_000))).toEqual(
      Array.from({ length: count }, () => true),
    );
    expect(new Set(seqs(replies)).size).toBe(count);
  });

  test('several connections do not see each other', async () => {
    const other = await RawClient.open(server.port);
    client.socket.write(new RequestBytes().add('T.Slow').take());
    other.socket.write(new RequestBytes().add('T.Beat').take());
    expect(repliesIn(await other.until((bytes) => repliesIn(bytes, typeOf).length > 0), typeOf)).toHaveLength(
      1,
    );
    other.socket.destroy();
    await server.served[1];
    expect(slowCalls[0]?.call.signal.aborted).toBe(false);
    slowCalls[0]?.finish('');
    expect(await repliesUntil(1)).toHaveLength(1);
  });

  test('no more than the limit run; the others wait their turn', async () => {
    client.socket.destroy();
    await server.close();
    await start({ maxPendingCalls: 3 });
    const requests = new RequestBytes();
    for (let i = 0; i < 7; i++) requests.add('T.Slow');
    client.socket.write(requests.take());
    await slowCallsRunning(3);
    client.socket.end();
    for (let i = 0; i < 7; i++) {
      await slowCallsRunning(i + 1);
      expect(slowCalls.length).toBeLessThanOrEqual(i + 3);
      slowCalls[i]?.finish(String(i));
    }
    expect((await repliesUntil(7)).map(({ body }) => body)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });
});

test('a service may have dots in its name', async () => {
  const own = await startServer({ 'v1.T': { Beat: { ...nothing, handle: () => undefined } } });
  const caller = await RawClient.open(own.port);
  caller.socket.end(new RequestBytes().add('v1.T.Beat').take());
  expect(repliesIn(await caller.untilEnd(), typeOf)).toMatchObject([{ header: { Error: '' } }]);
  await own.close();
});

test('the time for the opening does not go on after it', async () => {
  client.socket.destroy();
  await server.close();
  await start({ preambleTimeoutMs: 30 });
  // Begun later and not shorter, so it ends later.
  await new Promise((resolve) => setTimeout(resolve, 40));
  client.socket.write(new RequestBytes().add('T.Beat').take());
  expect(await repliesUntil(1)).toHaveLength(1);
});

describe('what cannot be called', () => {
  test.each([
    ['T.Nope', "rpc: can't find method T.Nope"],
    ['No.Such.Beat', "rpc: can't find service No.Such.Beat"],
    ['nodot', 'rpc: service/method request ill-formed: nodot'],
    ['', 'rpc: service/method request ill-formed: '],
    ['t.Beat', "rpc: can't find service t.Beat"],
    ['T.constructor', "rpc: can't find method T.constructor"],
    ['__proto__.toString', "rpc: can't find service __proto__.toString"],
  ])('%j', async (method, error) => {
    const big = new Uint8Array(100_000);
    client.socket.write(new RequestBytes().add(method, gob.bytes, big).add('T.Echo', gob.string, 'x').take());
    const [refused, next] = await repliesUntil(2);
    expect(refused).toEqual({ header: { ServiceMethod: method, Seq: 0, Error: error }, body: {} });
    expect(next).toMatchObject({ header: { Seq: 1, Error: '' }, body: 'x' });
  });

  test('an argument of another type', async () => {
    client.socket.write(
      new RequestBytes().add('T.Echo', gob.int, 17).add('T.Beat', gob.int, 1).add('T.Beat').take(),
    );
    expect((await repliesUntil(3)).map(({ header }) => header.Error)).toEqual([
      'gob: decoding into local type *string, received remote type int',
      'gob: type mismatch in decoder: want struct type struct {}; got non-struct',
      '',
    ]);
  });

  test('a method without arguments takes any struct', async () => {
    client.socket.write(new RequestBytes().add('T.Beat', gob.struct('x.Y', { A: gob.int }), { A: 1 }).take());
    expect(await repliesUntil(1)).toMatchObject([{ header: { Error: '' } }]);
  });
});

describe('what goes wrong in a call', () => {
  const thrown: [string, unknown, string][] = [
    ['an error', new Error('no such VM'), 'no such VM'],
    ['an error without words', new TypeError(), 'TypeError'],
    ['words', 'out of luck', 'out of luck'],
    ['nothing', undefined, 'failed without saying why'],
    ['an empty string', '', 'failed without saying why'],
    ['an object', { code: 7 }, '{"code":7}'],
    ['an object that contains itself', circular(), 'object'],
    ['several lines', new Error('one\ntwo'), 'one\ntwo'],
  ];

  test.each(thrown)('%s crosses as text', async (_, reason, text) => {
    const failing: Services = {
      F: {
        Sync: { ...nothing, handle: () => raise(reason) },
        Async: { ...nothing, handle: () => Promise.resolve().then(() => raise(reason)) },
      },
    };
    const own = await startServer(failing);
    const caller = await RawClient.open(own.port);
    caller.socket.end(new RequestBytes().add('F.Sync').add('F.Async').take());
    const replies = repliesIn(await caller.untilEnd(), typeOf);
    expect(replies.map(({ header, body }) => [header.Error, body])).toEqual([
      [text, {}],
      [text, {}],
    ]);
    await own.close();
  });

  test('a reply that is not of its type is an error of that call only', async () => {
    client.socket.write(new RequestBytes().add('T.WrongReply').add('T.Beat').take());
    expect((await repliesUntil(2)).map(({ header }) => header.Error)).toEqual([
      'gob: cannot encode string as int',
      '',
    ]);
  });
});

describe('the end', () => {
  test('a client that closes its side still gets its replies', async () => {
    client.socket.end(new RequestBytes().add('T.Slow').add('T.Beat').take());
    expect(await repliesUntil(1)).toHaveLength(1);
    slowCalls[0]?.finish('late');
    const replies = repliesIn(await client.untilEnd(), typeOf);
    expect(replies.at(-1)).toMatchObject({ header: { Seq: 0 }, body: 'late' });
    await server.served[0];
    expect(server.errors).toEqual([]);
  });

  test('a header that cannot be read ends the reading, not the running calls', async () => {
    const nonsense = Uint8Array.of(3, 4, 0, 2);
    const behind = new RequestBytes().add('T.Beat').take();
    client.socket.write(Buffer.concat([new RequestBytes().add('T.Slow').take(), nonsense, behind]));
    await slowCallsRunning(1);
    slowCalls[0]?.finish('still');
    const replies = repliesIn(await client.untilEnd(), typeOf);
    expect(replies).toMatchObject([{ header: { Seq: 0 }, body: 'still' }]);
    client.socket.end();
    await server.served[0];
    expect(server.errors).toMatchObject([{ fault: 'protocol' }]);
    expect(seen).toEqual(['T.Slow']);
  });

  test.each([
    ['in a header', -20],
    ['between header and argument', -5],
  ])('a stream that stops %s is reported', async (_, length) => {
    client.socket.end(new RequestBytes().add('T.Echo', gob.string, 'x').take().subarray(0, length));
    expect(await client.untilEnd()).toHaveLength(0);
    await server.served[0];
    expect(server.errors).toMatchObject([{ fault: 'protocol' }]);
  });

  test('a client that does not close its side is left after a short time', async () => {
    client.socket.destroy();
    await server.close();
    await start({ lingerMs: 20 });
    client.socket.write(Uint8Array.of(3, 4, 0, 2));
    await client.untilEnd();
    await server.served[0];
    expect(server.sockets[0]?.destroyed).toBe(true);
  });

  test('a broken connection aborts what runs, and is over when that has ended', async () => {
    client.socket.write(new RequestBytes().add('T.Slow').add('T.Slow').take());
    await slowCallsRunning(2);
    const signal = slowCalls[0]?.call.signal ?? missing();
    const aborted = once(signal, 'abort');
    client.socket.resetAndDestroy();
    await aborted;
    expect(signal.reason).toMatchObject({ fault: 'connection' });
    // Asked for only now.
    expect(slowCalls[1]?.call.signal.aborted).toBe(true);

    let isOver = false;
    const over = server.served[0]?.then(() => (isOver = true));
    slowCalls[0]?.finish('nobody reads this');
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    slowCalls[1]?.fail(new Error('nor this'));
    await over;
    expect(isOver).toBe(true);
  });
});

test('a client that does not read its replies is not read from', async () => {
  const { socket } = client;
  const served = server.sockets[0] ?? missing();
  socket.removeAllListeners('data').pause();
  const text = 'x'.repeat(64 * 1024);
  const requests = new RequestBytes();
  // 64 MiB of replies are asked for.
  for (let i = 0; i < 1_000; i++) socket.write(requests.add('T.Echo', gob.string, text).take());
  while (!served.isPaused()) await new Promise(setImmediate);
  expect(seen.length).toBeLessThan(900);
  expect(served.writableLength).toBeLessThan(1024 * 1024);

  let received = 0;
  socket.on('data', (chunk: Buffer) => (received += chunk.length)).end();
  await once(socket.resume(), 'end');
  expect(seen).toHaveLength(1_000);
  expect(received).toBeGreaterThan(1_000 * text.length);
});

function raise(reason: unknown): never {
  throw reason;
}

function circular(): unknown {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  return circle;
}

function missing(): never {
  throw new Error('nothing there');
}
