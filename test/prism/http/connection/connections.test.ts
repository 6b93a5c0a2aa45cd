import { once } from 'node:events';
import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import {
  createHttpClient,
  noAnswerBehind,
  type Admission,
  type HttpClient,
} from '../../../../src/prism/http/index.js';
import { silentLogger } from '../../../../src/support/index.js';
import { SEQUENCE } from '../../bun/sequence.js';
import { selfSigned } from '../../certificate.js';
import { FastClock, rejection } from '../../fixtures.js';
import { closed, portOf } from '../../hostile-server.js';
import { FAREWELLS, oneAnswerServer, type Farewell } from '../../one-answer-server.js';

const certificate = selfSigned({ ips: ['127.0.0.1'] });

/** `enter`: asks others for the credentials before they are sent; called with the server. */
async function behind(farewell: Farewell, enter?: (server: Server) => Promise<Admission>) {
  const served: string[] = [];
  const server = await oneAnswerServer(certificate, farewell, (request, response) => {
    served.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (request.url === '/lost') request.socket.destroy();
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
  const gate = enter && { enter: async () => await enter(server), refused: () => Promise.resolve() };
  const client: HttpClient = createHttpClient(
    {
      host: '127.0.0.1',
      port: portOf(server),
      credentials: { kind: 'password', username: 'u', password: 'p' },
      trust: { kind: 'fingerprint', sha256: certificate.fingerprint },
    },
    {
      logger: silentLogger,
      clock: new FastClock(),
      userAgent: 'test/1',
      readErrorBody: (text) => ({ reasons: [], text }),
      ...(gate && { gateFor: () => gate }),
    },
  );
  const send = (method: 'GET' | 'PUT', path: string) =>
    client.send({
      method,
      path,
      ...(method === 'PUT' ? { body: {} } : {}),
      repeatable: method === 'GET',
      attempted: 'test',
      signal: new AbortController().signal,
    });
  atEnd.push(async () => {
    client.close();
    await closed(server);
  });
  return { server, send, served, client };
}

const atEnd: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of atEnd.splice(0)) await end();
});

describe.each(FAREWELLS)('a server that serves one request on a connection and then %s', (farewell) => {
  test('is asked and changed as often as one likes, each once', async () => {
    const { send, served } = await behind(farewell);
    for (const call of SEQUENCE) {
      const [method, path = ''] = call.split(' ');
      expect(await send(method === 'PUT' ? 'PUT' : 'GET', path)).toMatchObject({ status: 200 });
    }
    expect(served).toEqual(SEQUENCE);
  });
});

test('a change that got no answer on a connection of its own is not sent again', async () => {
  const { send, served } = await behind('says so');
  await send('GET', '/1');
  const error = await rejection(send('PUT', '/lost'));
  expect(noAnswerBehind(error)).toMatchObject({ kind: 'reset', sent: true });
  expect(served).toEqual(['GET /1', 'PUT /lost']);
});

test('questions share a connection that is kept', async () => {
  const { server, send } = await behind('stays');
  let connections = 0;
  server.on('secureConnection', () => (connections += 1));
  for (const path of ['/1', '/2', '/3']) await send('GET', path);
  expect(connections).toBe(1);
  await send('PUT', '/4');
  expect(connections).toBe(2);
  await send('GET', '/5');
  expect(connections).toBe(2);
});

describe('while others are asked for the credentials', () => {
  const admission: Admission = { report: () => Promise.resolve() };
  const connected = async (server: Server): Promise<TLSSocket> => {
    const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
    return socket;
  };

  test('the connection is made, on which the request then goes', async () => {
    let connections = 0;
    const { send } = await behind('stays', async (server) => {
      await connected(server);
      connections += 1;
      server.on('secureConnection', () => (connections += 1));
      return admission;
    });
    expect(await send('GET', '/1')).toMatchObject({ status: 200 });
    expect(connections).toBe(1);
  });

  test('one that the server closes meanwhile is made anew', async () => {
    const { send, served } = await behind('stays', async (server) => {
      const socket = await connected(server);
      socket.destroy();
      await once(socket, 'close');
      return admission;
    });
    expect(await send('GET', '/1')).toMatchObject({ status: 200 });
    expect(served).toEqual(['GET /1']);
  });

  test('one that is not needed, since they are known to be refused, is closed', async () => {
    let socket: TLSSocket | undefined;
    const { send, client, served } = await behind('stays', async (server) => {
      socket = await connected(server);
      return { refusal: { words: 'no', age: 0, rest: 1, note: '/note' } };
    });
    expect(await rejection(send('GET', '/1'))).toMatchObject({ code: 'unauthenticated' });
    expect(socket?.destroyed).toBe(false);
    client.close();
    if (socket !== undefined) await once(socket, 'close');
    expect(served).toEqual([]);
  });

  test('nothing is made before its time for what must not be sent twice', async () => {
    let connections = 0;
    const { send } = await behind('stays', async (server) => {
      server.on('secureConnection', () => (connections += 1));
      await new Promise((resolve) => setImmediate(resolve));
      expect(connections).toBe(0);
      return admission;
    });
    await send('PUT', '/1');
    expect(connections).toBe(1);
  });
});
