import { getEventListeners, once } from 'node:events';
import type { Socket } from 'node:net';
import { gob, GobEncoder, type GobType } from '../../src/gob/index.js';
import { emptyStruct, rpcMethod, RpcClient } from '../../src/netrpc/index.js';
import { responseType } from '../../src/netrpc/headers.js';
import { startServer, type LoopbackServer } from './loopback.js';
import { connected } from './played-server.js';

const nothing = { type: emptyStruct, value: {} };

let server: LoopbackServer | undefined;
afterEach(() => server?.close());

async function connect(): ReturnType<typeof connected> {
  const all = await connected();
  ({ server } = all);
  return all;
}

describe('calls', () => {
  test('Seq counts from 0, replies find their calls in any order', async () => {
    const { client, played } = await connect();
    const calls = ['a', 'b', 'c'].map((value) => client.call('T.X', { type: gob.string, value }, gob.string));
    for (const [Seq, argument] of ['a', 'b', 'c'].entries()) {
      expect(await played.request(gob.string)).toEqual({ header: { ServiceMethod: 'T.X', Seq }, argument });
    }
    for (const Seq of [2, 0, 1]) played.reply(Seq, gob.string, `reply ${String(Seq)}`);
    expect(await Promise.all(calls)).toEqual(['reply 0', 'reply 1', 'reply 2']);
  });

  test('an error reply rejects with its text, whatever its body is', async () => {
    const { client, played } = await connect();
    const call = client.call('T.X', nothing, gob.int);
    await played.request();
    played.reply(0, gob.string, 'this is no int', 'no such VM');
    await expect(call).rejects.toMatchObject({ fault: 'remote', message: 'no such VM' });
  });

  test('a reply to no call is read past', async () => {
    const { client, played } = await connect();
    const call = client.call('T.X', nothing, gob.int);
    await played.request();
    played.reply(77, gob.slice(gob.string), ['?']);
    played.reply(77, emptyStruct, {}, 'an error for nobody');
    played.reply(0, gob.int, 5);
    expect(await call).toBe(5);
  });

  test('a reply of another type rejects its call only', async () => {
    const { client, played } = await connect();
    const [wrong, right] = [client.call('T.X', nothing, gob.int), client.call('T.X', nothing, gob.int)];
    played.reply(0, gob.string, 'text');
    played.reply(1, gob.int, 5);
    await expect(wrong).rejects.toThrow('gob: decoding into local type *int, received remote type string');
    expect(await right).toBe(5);
  });

  test('an argument that is not of its type is not sent', async () => {
    const { client, played } = await connect();
    const forgotten: GobType = gob.int;
    await expect(client.call('T.X', { type: forgotten, value: 'x' }, gob.int)).rejects.toThrow(
      'cannot encode string',
    );
    const call = client.call('T.X', { type: gob.int, value: 1 }, gob.int);
    expect(await played.request(gob.int)).toMatchObject({ header: { Seq: 0 }, argument: 1 });
    played.reply(0, gob.int, 2);
    expect(await call).toBe(2);
  });

  test('a signal that lives long is let go of', async () => {
    const { client, played } = await connect();
    const { signal } = new AbortController();
    const call = client.call('T.X', nothing, gob.int, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    played.reply(0, gob.int, 1);
    await call;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('an aborted call is not waited for, and its reply not mistaken', async () => {
    const { client, played } = await connect();
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
    const { client, played } = await connect();
    const controller = new AbortController();
    const call = client.call('T.X', nothing, gob.string, controller.signal);
    await played.request();
    const bytes: Uint8Array[] = [];
    const encoder = new GobEncoder((written) => bytes.push(written));
    encoder.encode(responseType, { ServiceMethod: 'T.X', Seq: 0, Error: '' });
    encoder.encode(gob.string, 'half a reply');
    encoder.encode(responseType, { ServiceMethod: 'T.X', Seq: 1, Error: '' });
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
    const { client, played } = await connect();
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
    const { client, played } = await connect();
    const call = client.call('T.X', nothing, gob.int);
    await played.request();
    const ended = once(played.socket, 'end');
    client.close();
    await expect(call).rejects.toThrow('connection is shut down');
    await ended;
    await expect(client.call('T.X', nothing, gob.int)).rejects.toThrow('connection is shut down');
  });

  test('what is not net/rpc', async () => {
    const { client, played } = await connect();
    const call = client.call('T.X', nothing, gob.int);
    await played.request();
    played.socket.write(Uint8Array.of(3, 4, 0, 2));
    await expect(call).rejects.toMatchObject({ fault: 'protocol' });
  });
});

test('both ends together: a thousand calls at once, answered in any order', async () => {
  const twice = rpcMethod(gob.int, gob.slice(gob.int), async (argument) => {
    for (let turns = Number(argument) % 7; turns > 0; turns--) await Promise.resolve();
    return [argument, argument];
  });
  server = await startServer({ T: { Twice: twice } });
  const client = await RpcClient.connect({ host: '127.0.0.1', port: server.port });
  const numbers = Array.from({ length: 1_000 }, (_, i) => i);
  const call = (value: number): Promise<unknown> =>
    client.call('T.Twice', { type: gob.int, value }, gob.slice(gob.int));
  expect(await Promise.all(numbers.map(call))).toEqual(numbers.map((value) => [value, value]));
  client.close();
  await server.served[0];
  expect(server.errors).toEqual([]);
});
