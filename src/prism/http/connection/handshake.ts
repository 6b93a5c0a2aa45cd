import net from 'node:net';
import tls from 'node:tls';
import type { Connection } from '../../../provider/index.js';
import type { ProxyVariables } from '../proxy-variables.js';
import { openTunnel, type Proxy } from '../proxy/index.js';

/**
 * Connects, through `proxy` where there is one, and does the TLS handshake, all within `timeoutMs`. Rejects with
 * the runtime's own error, or with an OperationError about the proxy.
 */
export async function handshake(
  { host, port }: Connection,
  proxy: Proxy | undefined,
  options: tls.ConnectionOptions,
  timeoutMs: number,
  environment: ProxyVariables,
): Promise<tls.TLSSocket> {
  const limit = AbortSignal.timeout(timeoutMs);
  const tunnel = proxy === undefined ? undefined : await openTunnel(proxy, host, port, limit, environment);
  // An address is no server name (RFC 6066); it is still checked against the certificate, by way of `host`.
  const servername = net.isIP(host) === 0 ? host : '';
  const target = tunnel === undefined ? { host, port } : { socket: tunnel, host };
  return await secured(tls.connect({ ...options, ...target, servername }), limit);
}

function secured(socket: tls.TLSSocket, limit: AbortSignal): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const over = (): void => {
      limit.removeEventListener('abort', onLimit);
      socket.removeListener('error', onError);
      socket.removeListener('close', onClose);
    };
    const onError = (error: Error): void => {
      over();
      // A later error of the socket is of no interest, and without a listener it would end the process.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onLimit = (): void => onError(systemError('ETIMEDOUT', 'no connection in time'));
    const onClose = (): void => onError(systemError('ECONNRESET', 'closed during the TLS handshake'));
    limit.addEventListener('abort', onLimit, { once: true });
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once('secureConnect', () => {
      over();
      resolve(socket);
    });
  });
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
