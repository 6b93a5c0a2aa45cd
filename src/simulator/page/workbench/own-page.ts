import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * Sent by the page's own scripts. A page of another site may send it only after a preflight request, which no route
 * here answers.
 */
export const PAGE_HEADER = 'x-simulator-page';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Why a request may not use the workbench; undefined = it may: it comes from this machine, is addressed to it by a name
 * that no foreign server can give itself (DNS rebinding), and is sent by a script of this very page.
 */
export function reasonToRefuse({
  method,
  ip,
  headers,
}: Pick<FastifyRequest, 'method' | 'ip' | 'headers'>): string | undefined {
  if (!isLoopback(ip)) return 'it can be used only in a browser on the machine where the simulator runs';
  const host = headers.host ?? '';
  if (!isLoopbackName(host)) return 'it can be used only under localhost or a loopback address';
  if (headers[PAGE_HEADER] === undefined) return `the header ${PAGE_HEADER} is missing`;
  const { origin } = headers;
  // Browsers send it with everything that changes something.
  if (origin === undefined ? method !== 'GET' : origin !== `https://${host}`)
    return `it can be used only by the page of https://${host}`;
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' ? undefined : 'it cannot be used by other sites';
}

/** A host header: a name or an address, and perhaps a port. */
function isLoopbackName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isLoopback(name);
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  const family = isIP(plain);
  return family !== 0 && loopback.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}
