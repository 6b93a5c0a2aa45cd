import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { KEEPS_CONNECTIONS } from '../support/stand-still.js';
import type { TestCertificate } from './certificate.js';

/** A TLS server whose paths each do one thing that servers, gateways and networks do. */
export async function hostileServer(certificate: TestCertificate, host: string): Promise<https.Server> {
  const { keyPem: key, certificatePem: cert } = certificate;
  const server = https.createServer({ ...KEEPS_CONNECTIONS, key, cert }, (request, response) => {
    request.resume();
    request.once('end', () => behave(request.url ?? '', request, response));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, host);
  await once(server, 'listening');
  return server;
}

function behave(path: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const json = { 'content-type': 'application/json' };
  switch (path) {
    case '/ok':
      response.writeHead(200, json).end('{"ok":true}');
      return;
    case '/reset':
      request.socket.destroy();
      return;
    case '/cut-length':
      response.writeHead(200, { ...json, 'content-length': '500' }).write('{"a":');
      setImmediate(() => request.socket.destroy());
      return;
    case '/cut-chunks':
      response.writeHead(200, json).write('{"a":1}');
      setImmediate(() => request.socket.destroy());
      return;
    case '/silence':
    case '/abort':
      return;
    case '/big':
      response.writeHead(200, json).end(Buffer.alloc(200_000, 0x20));
      return;
    case '/bomb':
      response
        .writeHead(200, { ...json, 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(5_000_000, 0x20)));
      return;
    case '/html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>welcome</html>');
      return;
    case '/redirect':
      response.writeHead(302, { location: 'https://elsewhere.invalid/' }).end();
      return;
    case '/garbage':
      request.socket.end('no HTTP at all\r\n\r\n');
      return;
    default:
      response.writeHead(404, json).end('{}');
  }
}

export interface SeenTunnel {
  readonly target: string;
  readonly authorization: string | undefined;
}

/**
 * An HTTP proxy for CONNECT; `refuse` = the status with which it turns everything away, `certificate` = clients reach
 * it by TLS.
 */
export async function connectProxy(
  refuse?: number,
  certificate?: TestCertificate,
): Promise<http.Server & { readonly seen: SeenTunnel[] }> {
  const seen: SeenTunnel[] = [];
  const onRequest: http.RequestListener = (_request, response) => response.writeHead(400).end();
  const server =
    certificate === undefined
      ? http.createServer(KEEPS_CONNECTIONS, onRequest)
      : https.createServer(
          { ...KEEPS_CONNECTIONS, key: certificate.keyPem, cert: certificate.certificatePem },
          onRequest,
        );
  server.on('tlsClientError', () => undefined);
  server.on('connect', (request: http.IncomingMessage, client: Socket, head: Buffer) => {
    const target = request.url ?? '';
    seen.push({ target, authorization: request.headers['proxy-authorization'] });
    client.on('error', () => undefined);
    if (refuse !== undefined) {
      client.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [, host = '', port = ''] = /^\[?([^\]]*)\]?:(\d+)$/.exec(target) ?? [];
    const far = net.connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      far.pipe(client).pipe(far);
    });
    far.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(server, { seen });
}

/** A port on which something listens that does not speak TLS. */
export async function plainServer(): Promise<http.Server> {
  const server = http.createServer((_request, response) => response.end('plain'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function portOf(server: net.Server): number {
  return (server.address() as AddressInfo).port;
}

export async function closed(...servers: readonly (http.Server | https.Server)[]): Promise<void> {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}
