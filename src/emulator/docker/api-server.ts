import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { DaemonError } from '../services/index.js';
import type { Listener } from '../os/network.js';
import type { System } from '../os/process.js';
import { answer } from './api.js';
import type { Engine } from './engine.js';
import type { TlsFiles } from './engine-options.js';

/** The guest's own port number that another one may stand for outside. */
const STANDARD_PORT = 2376;

/**
 * Serves the engine's API on its TCP endpoints, port 2376 as `outsidePort`. The servers never listen themselves: the guest's network
 * accepts and hands the sockets on, so that power-off finds each of them, also in mid-handshake.
 */
export async function serveApi(engine: Engine, outsidePort: number): Promise<{ stop(): Promise<void> }> {
  const { system, options } = engine;
  const sockets = new Set<Socket>();
  const accept = acceptor(engine);
  const listeners: Listener[] = [];
  const stop = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    for (const socket of sockets) socket.destroy();
  };
  for (const { host, port } of options.tcp) {
    for (const address of addressesFor(system, host)) {
      try {
        const outside = port === STANDARD_PORT ? outsidePort : port;
        const listener = await system.network.listen(address, outside, 'dockerd', (socket) => {
          sockets.add(socket);
          socket.once('close', () => sockets.delete(socket));
          accept(socket);
        });
        listeners.push(listener);
      } catch (error) {
        await stop();
        const problem = error instanceof Error ? error.message : String(error);
        throw new Error(`failed to load listeners: listen tcp ${address}:${port}: ${problem}`, {
          cause: error,
        });
      }
    }
  }
  return { stop };
}

function addressesFor({ network }: System, host: string): readonly string[] {
  if (host === '0.0.0.0' || host === '[::]') return network.addresses;
  // A guest's 127.0.0.1 is its own; it cannot be reached from outside, so nothing has to listen.
  if (host === '127.0.0.1' || host === 'localhost') return [];
  if (network.addresses.includes(host)) return [host];
  throw new DaemonError(
    `failed to load listeners: listen tcp ${host}: bind: cannot assign requested address`,
  );
}

function acceptor(engine: Engine): (socket: Socket) => void {
  const http = createHttpServer((request, response) => respond(engine, request, response));
  http.on('clientError', (_error, socket) => socket.destroy());
  const plain = (socket: Socket) => http.emit('connection', socket);
  const files = engine.options.tls;
  if (files === undefined) return plain;
  const tls = createTlsServer(tlsOptions(engine.system, files), plain);
  tls.on('tlsClientError', (error, socket) => {
    engine.system.journal.add('docker.service', `http: TLS handshake error: ${error.message}`);
    socket.destroy();
  });
  return (socket) => tls.emit('connection', socket);
}

function tlsOptions({ fs }: System, files: TlsFiles) {
  const read = (path: string) => {
    try {
      return fs.readText(path);
    } catch (error) {
      const problem = error instanceof Error ? error.message.toLowerCase() : String(error);
      throw new DaemonError(`failed to create TLS configuration: open ${path}: ${problem}`);
    }
  };
  const material = { cert: read(files.certificate), key: read(files.key), minVersion: 'TLSv1.2' } as const;
  const options = files.verify
    ? { ...material, ca: read(files.ca), requestCert: true, rejectUnauthorized: true }
    : material;
  try {
    createTlsServer(options);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new DaemonError(`failed to create TLS configuration: could not load X509 key pair: ${problem}`);
  }
  return options;
}

function respond(engine: Engine, request: IncomingMessage, response: ServerResponse): void {
  // Bodies mean nothing here, but have to be taken off the connection.
  request.resume();
  const { status, headers, body } = answer(engine, {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
  });
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}
