import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { networkOf, networkOfOne, networkTest } from '../../../support/index.js';

/**
 * True when NO_PROXY keeps a server away from the proxy. Read as Go's tools read it (golang.org/x/net/http/httpproxy),
 * because docker-machine is one of them and a user sets the variable once for all of them:
 *
 *   *                          every server
 *   10.0.0.0/8, fd00::/8       the addresses of a network; names are not resolved
 *   10.0.0.7, fd00::7          one address, with a port behind it only that port: 10.0.0.7:9440, [fd00::7]:9440
 *   example.com                this name and every name below it
 *   .example.com, *.example.com   only the names below it
 *
 * Entries are separated by commas; one that is nothing of this kind is skipped. Loopback (and the name `localhost`)
 * never goes through a proxy. Only one thing is read more kindly than Go does: brackets around an IPv6 address
 * without a port.
 */
export function bypassesProxy(host: string, port: number, noProxy: string): boolean {
  if (host === 'localhost') return true;
  const address = isIP(host) === 0 ? undefined : withoutZone(host);
  if (address !== undefined && isLoopback(address)) return true;
  const target: Target = { name: ascii(host.toLowerCase()), address, port: String(port) };
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === '*' || covers(entry, target));
}

interface Target {
  readonly name: string;
  /** Absent = the host is a name. */
  readonly address: string | undefined;
  readonly port: string;
}

function covers(entry: string, { name, address, port }: Target): boolean {
  const network = networkOf(entry);
  if (network !== undefined) return address !== undefined && network(address);
  const [entryHost, entryPort] = hostAndPort(entry);
  if (entryHost === '' || (entryPort !== '' && entryPort !== port)) return false;
  if (isAddress(entryHost)) return address !== undefined && isSame(entryHost, address);
  if (address !== undefined) return false;
  const domain = entryHost.startsWith('*.') ? entryHost.slice(1) : entryHost;
  if (domain.startsWith('.')) return name.endsWith(`.${ascii(domain.slice(1))}`);
  return name === ascii(domain) || name.endsWith(`.${ascii(domain)}`);
}

/** `HOST:PORT` or `[IPV6]:PORT` in its two parts; without a port the second one is empty. */
function hostAndPort(entry: string): readonly [string, string] {
  const [, bracketed, plain, port = ''] = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::([^:[\]]*))?$/.exec(entry) ?? [];
  return [bracketed ?? plain ?? entry, port];
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

/** Whatever way they are written: `fd00::7` is `fd00:0:0::7`, and `::ffff:10.0.0.7` is `10.0.0.7`. */
function isSame(one: string, other: string): boolean {
  return networkTest(networkOfOne(one))(other);
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}

/** The form of an international name that the name service knows; other names stay as they are. */
function ascii(name: string): string {
  return /^\p{ASCII}*$/u.test(name) ? name : domainToASCII(name) || name;
}

const isLoopback = networkTest('127.0.0.0/8', '::1/128');
