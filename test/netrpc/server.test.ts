import { gob } from '../../src/gob/index.js';
import { emptyStruct, rpcMethod, type RpcServices } from '../../src/netrpc/index.js';
import { beat, Conversation, repliesOf } from './conversation.js';
import { RequestBytes, type Reply } from './exchange.js';
import { RawClient, startServer } from './loopback.js';

let talk: Conversation;
beforeEach(async () => {
  talk = await Conversation.start();
});
afterEach(() => talk.end());

const seqs = (replies: readonly Reply[]): unknown[] => replies.map(({ header }) => header.Seq);

describe('calls at the same time', () => {
  test('a later call is answered while an earlier one runs', async () => {
    talk.client.socket.write(
      new RequestBytes().add('T.Slow').add('T.Beat').add('T.Echo', gob.string, 'x').take(),
    );
    expect(seqs(await talk.repliesUntil(2))).toEqual([1, 2]);
    talk.slowCalls[0]?.finish('done');
    expect((await talk.repliesUntil(3)).at(-1)).toEqual({
      header: { ServiceMethod: 'T.Slow', Seq: 0, Error: '' },
      body: 'done',
    });
    expect(talk.seen).toEqual(['T.Slow', 'T.Beat', 'T.Echo']);
  });

  test('replies are whole in whatever order calls end', async () => {
    const count = 40;
    const requests = new RequestBytes();
    for (let i = 0; i < count; i++) requests.add('T.Slow');
    talk.client.socket.write(requests.take());
    await talk.slowCallsBegun(count);
    const order = talk.slowCalls
      .map((call, i) => ({ call, i }))
      .sort((a, b) => ((a.i * 17) % count) - ((b.i * 17) % count));
    for (const { call, i } of order) call.finish(String(i).repeat(3_000));
    const replies = await talk.repliesUntil(count);
    expect(replies.map(({ header, body }) => body === String(header.Seq).repeat(3_000))).toEqual(
      Array.from({ length: count }, () => true),
    );
    expect(new Set(seqs(replies)).size).toBe(count);
  });

  test('several connections do not see each other', async () => {
    const other = await RawClient.open(talk.server.port);
    talk.client.socket.write(new RequestBytes().add('T.Slow').take());
    other.socket.write(new RequestBytes().add('T.Beat').take());
    expect(repliesOf(await other.until((bytes) => repliesOf(bytes).length > 0))).toHaveLength(1);
    other.socket.destroy();
    await talk.server.served[1];
    expect(talk.slowCalls[0]?.call.signal.aborted).toBe(false);
    talk.slowCalls[0]?.finish('');
    expect(await talk.repliesUntil(1)).toHaveLength(1);
  });

  test('no more than the limit run; the others wait their turn', async () => {
    await talk.end();
    talk = await Conversation.start({ maxPendingCalls: 3 });
    const requests = new RequestBytes();
    for (let i = 0; i < 7; i++) requests.add('T.Slow');
    talk.client.socket.write(requests.take());
    await talk.slowCallsBegun(3);
    talk.client.socket.end();
    for (let i = 0; i < 7; i++) {
      await talk.slowCallsBegun(i + 1);
      expect(talk.slowCalls.length).toBeLessThanOrEqual(i + 3);
      talk.slowCalls[i]?.finish(String(i));
    }
    expect((await talk.repliesUntil(7)).map(({ body }) => body)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });
});

test('a service may have dots in its name', async () => {
  const own = await startServer({ 'v1.T': { Beat: beat } });
  const caller = await RawClient.open(own.port);
  caller.socket.end(new RequestBytes().add('v1.T.Beat').take());
  expect(repliesOf(await caller.untilEnd())).toMatchObject([{ header: { Error: '' } }]);
  await own.close();
});

test('the time for the opening does not go on after it', async () => {
  await talk.end();
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  try {
    talk = await Conversation.start({ preambleTimeoutMs: 2_000 });
    jest.advanceTimersByTime(2_000);
  } finally {
    jest.useRealTimers();
  }
  talk.client.socket.write(new RequestBytes().add('T.Beat').take());
  expect(await talk.repliesUntil(1)).toHaveLength(1);
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
    talk.client.socket.write(
      new RequestBytes().add(method, gob.bytes, big).add('T.Echo', gob.string, 'x').take(),
    );
    const [refused, next] = await talk.repliesUntil(2);
    expect(refused).toEqual({ header: { ServiceMethod: method, Seq: 0, Error: error }, body: {} });
    expect(next).toMatchObject({ header: { Seq: 1, Error: '' }, body: 'x' });
  });

  test('an argument of another type', async () => {
    talk.client.socket.write(
      new RequestBytes().add('T.Echo', gob.int, 17).add('T.Beat', gob.int, 1).add('T.Beat').take(),
    );
    expect((await talk.repliesUntil(3)).map(({ header }) => header.Error)).toEqual([
      'gob: decoding into local type *string, received remote type int',
      'gob: type mismatch in decoder: want struct type struct {}; got non-struct',
      '',
    ]);
  });

  test('a method without arguments takes any struct', async () => {
    talk.client.socket.write(
      new RequestBytes().add('T.Beat', gob.struct('x.Y', { A: gob.int }), { A: 1 }).take(),
    );
    expect(await talk.repliesUntil(1)).toMatchObject([{ header: { Error: '' } }]);
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
    const failing: RpcServices = {
      F: {
        Sync: rpcMethod(emptyStruct, emptyStruct, () => raise(reason)),
        Async: rpcMethod(emptyStruct, emptyStruct, () => Promise.resolve().then(() => raise(reason))),
      },
    };
    const own = await startServer(failing);
    const caller = await RawClient.open(own.port);
    caller.socket.end(new RequestBytes().add('F.Sync').add('F.Async').take());
    const replies = repliesOf(await caller.untilEnd());
    expect(replies.map(({ header, body }) => [header.Error, body])).toEqual([
      [text, {}],
      [text, {}],
    ]);
    await own.close();
  });

  test('a reply that is not of its type is an error of that call only', async () => {
    talk.client.socket.write(new RequestBytes().add('T.WrongReply').add('T.Beat').take());
    expect((await talk.repliesUntil(2)).map(({ header }) => header.Error)).toEqual([
      'gob: cannot encode string as int',
      '',
    ]);
  });
});

function raise(reason: unknown): never {
  throw reason;
}

function circular(): unknown {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  return circle;
}
