import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { Connections } from '../../src/libmachine/plugin/connections.js';
import { silentLogger, systemClock } from '../../src/support/index.js';

const GREETING = 'CONNECT /_goRPC_ HTTP/1.0\n\n';

describe('connections', () => {
  let connections: Connections;
  let port: number;
  let refusal: string | undefined;
  const bytesReadAtAdmission: number[] = [];

  beforeEach(async () => {
    connections = new Connections();
    port = Number((await connections.listen()).split(':')[1]);
    const admit = async (ends: object): Promise<string | undefined> => {
      // Time enough for the client's bytes to arrive.
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (ends instanceof Socket) bytesReadAtAdmission.push(ends.bytesRead);
      return refusal;
    };
    connections.serve({
      services: {},
      logger: silentLogger,
      clock: systemClock,
      onCall: () => undefined,
      admit,
    });
  });

  afterEach(async () => {
    await connections.close();
  });

  test('are not read before they are admitted, and nothing that came meanwhile is lost', async () => {
    refusal = undefined;
    bytesReadAtAdmission.length = 0;
    const socket = connect(port, '127.0.0.1');
    socket.write(GREETING);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    expect(reply.toString()).toContain('200 Connected to Go RPC');
    expect(bytesReadAtAdmission).toEqual([0]);
    socket.destroy();
  });

  test('that are refused are closed without a word, and leave no trace', async () => {
    refusal = 'somebody else';
    const socket = connect(port, '127.0.0.1');
    const said = jest.fn();
    socket.on('data', said).on('error', () => undefined);
    socket.write(GREETING);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(said).not.toHaveBeenCalled();
    expect(connections.abandoned).toBe(false);
  });

  test('count as abandoned when all clients have closed their side', async () => {
    refusal = undefined;
    expect(connections.abandoned).toBe(false);
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    for (const socket of sockets) socket.write(GREETING);
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
    sockets[0]?.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(connections.abandoned).toBe(false);
    sockets[1]?.destroy();
    while (!connections.abandoned) await new Promise(setImmediate);
  });
});
