import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { ProxyVariables } from '../proxy-variables.js';
import { systemAuthorities } from '../trust/system-authorities.js';
import type { Proxy } from './choose.js';
import { noTunnel, refusedByProxy } from './failure.js';
import { urlHost } from '../../../support/index.js';

/**
 * Opens a tunnel (HTTP CONNECT) through `proxy`; resolves with the raw connection to the far end. Rejects with an
 * OperationError that names the proxy and whose cause is a NoAnswer.
 */
export async function openTunnel(
  proxy: Proxy,
  host: string,
  port: number,
  signal: AbortSignal,
  environment: ProxyVariables,
): Promise<Socket> {
  const { url } = proxy;
  const target = `${urlHost(host)}:${port}`;
  const isTls = url.protocol === 'https:';
  const signIn = signInOf(url);
  const options: https.RequestOptions = {
    method: 'CONNECT',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? undefined : Number(url.port),
    path: target,
    headers: { host: target, ...(signIn === undefined ? {} : { 'proxy-authorization': signIn }) },
    agent: false,
    signal,
    ...(isTls ? { ca: [...(await systemAuthorities(environment))] } : {}),
  };
  return await new Promise<Socket>((resolve, reject) => {
    const connect = (isTls ? https : http).request(options);
    connect.once('connect', (response, socket: Socket) => {
      // Every 2xx means that the tunnel stands (RFC 9110, 9.3.6).
      if (response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300) {
        resolve(socket);
      } else {
        socket.destroy();
        reject(refusedByProxy(proxy, target, response.statusCode ?? 0));
      }
    });
    connect.once('response', (response) => {
      response.destroy();
      reject(refusedByProxy(proxy, target, response.statusCode ?? 0));
    });
    connect.on('error', (error) => reject(noTunnel(proxy, target, error, signal.aborted)));
    connect.end();
  });
}

/** The Proxy-Authorization for the user name and password of a proxy's URL, if it has any. */
export function signInOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const userInfo = Buffer.concat([decoded(username), Buffer.from(':'), decoded(password)]);
  return `Basic ${userInfo.toString('base64')}`;
}

/** Percent-decoded once, as bytes. A percent sign without two hexadecimal digits behind it stands for itself. */
function decoded(text: string): Buffer {
  const latin1 = Buffer.from(text).toString('latin1');
  return Buffer.from(
    latin1.replace(/%([0-9a-f]{2})/gi, (_all, digits: string) => String.fromCharCode(parseInt(digits, 16))),
    'latin1',
  );
}
