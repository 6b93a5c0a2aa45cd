import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { getProxyForUrl } from 'proxy-from-env';
import { OperationError } from '../../support/index.js';
import { NO_ANSWER_ADVICE } from './advice.js';
import { NoAnswer } from './failure.js';

/** A host as it stands in a URL: IPv6 addresses in brackets. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The proxy for a server: the explicit one, else what HTTPS_PROXY, ALL_PROXY and NO_PROXY say, else none. */
export function chooseProxy(host: string, port: number, explicit?: string): URL | undefined {
  const text = explicit ?? getProxyForUrl(`https://${urlHost(host)}:${port}/`);
  if (text === '') return undefined;
  let url: URL | undefined;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch {
    // Reported below, without the text: it may hold a password.
  }
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'choose the proxy',
    problem: 'the proxy address is not a URL that starts with http:// or https://',
    advice: 'Correct the proxy setting (HTTPS_PROXY), or name the endpoint in NO_PROXY.',
  });
}

/** Opens a tunnel (HTTP CONNECT) through `proxy`; resolves with the raw connection to the far end. */
export function openTunnel(proxy: URL, host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const target = `${urlHost(host)}:${port}`;
  const headers: Record<string, string> = { host: target };
  if (proxy.username !== '') {
    const userInfo = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    headers['proxy-authorization'] = `Basic ${Buffer.from(userInfo).toString('base64')}`;
  }
  return new Promise((resolve, reject) => {
    const { request } = proxy.protocol === 'https:' ? https : http;
    const connect = request({
      method: 'CONNECT',
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? undefined : Number(proxy.port),
      path: target,
      headers,
      agent: false,
      signal,
    });
    connect.once('connect', (response, socket: Socket) => {
      if (response.statusCode === 200) {
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
    connect.once('error', reject);
    connect.end();
  });
}

function refusedByProxy(proxy: URL, target: string, status: number): OperationError {
  const words = status === 407 ? 'it wants a user name and password' : `HTTP ${status}`;
  return new OperationError({
    code: 'unreachable',
    attempted: `connect to ${target} through the proxy ${proxy.host}`,
    problem: `the proxy refused: ${words}`,
    advice: NO_ANSWER_ADVICE.proxy,
    // A proxy that answers 5xx did not reach the far end, which may be there in a moment.
    cause: new NoAnswer(status >= 500 ? 'connection' : 'proxy', false),
  });
}
