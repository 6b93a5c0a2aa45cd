import { once } from 'node:events';
import type { Socket } from 'node:net';
import { RpcClient } from '../../src/netrpc/index.js';
import { deferred, OPENED, startListening, type LoopbackServer } from './loopback.js';
import { playServer } from './played-server.js';

let server: LoopbackServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('connecting', () => {
  const connect = async (pieces: readonly string[]): Promise<unknown> => {
    ({ server } = await playServer(pieces));
    return RpcClient.connect({ host: '127.0.0.1', port: server.port });
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
    const gone = (await playServer()).server;
    await gone.close();
    await expect(RpcClient.connect({ host: '127.0.0.1', port: gone.port })).rejects.toMatchObject({
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
