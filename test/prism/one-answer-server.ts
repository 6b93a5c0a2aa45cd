import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { KEEPS_CONNECTIONS } from '../support/stand-still.js';
import type { TestCertificate } from './certificate.js';

/**
 * What becomes of a connection when its first request has been answered. `hangs up when asked again` is the race
 * that `hangs up` is only sometimes: the client believes that the connection stands.
 */
export const FAREWELLS = ['says so', 'hangs up', 'resets', 'hangs up when asked again'] as const;
export type Farewell = (typeof FAREWELLS)[number] | 'stays';

/** A TLS server on loopback whose connections serve one request. */
export async function oneAnswerServer(
  { keyPem: key, certificatePem: cert }: Pick<TestCertificate, 'keyPem' | 'certificatePem'>,
  farewell: Farewell,
  serve: RequestListener,
): Promise<https.Server> {
  const used = new WeakSet();
  const raw = new Map<string, Socket>();
  const server = https.createServer({ ...KEEPS_CONNECTIONS, key, cert }, (request, response) => {
    const { socket } = request;
    if (farewell === 'hangs up when asked again' && used.has(socket)) {
      socket.destroy();
      return;
    }
    used.add(socket);
    if (farewell === 'says so') response.setHeader('connection', 'close');
    response.once('finish', () => {
      if (farewell === 'hangs up') socket.destroySoon();
      if (farewell === 'resets') raw.get(endsOf(socket))?.resetAndDestroy();
    });
    serve(request, response);
  });
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    raw.set(endsOf(socket), socket);
    socket.once('close', () => raw.delete(endsOf(socket)));
  });
  server.on('secureConnection', (socket: TLSSocket) => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function endsOf({ remotePort }: Pick<Socket, 'remotePort'>): string {
  return String(remotePort);
}
