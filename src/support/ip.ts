import type * as Net from 'node:net';

/** Loaded when it is asked: a plugin whose host waits for its address has no use for it until then. */
const net = (): typeof Net => process.getBuiltinModule('node:net');

/** True for the addresses of a network; false for text that is no address. */
export type NetworkTest = (ip: string) => boolean;

/** A test for a network such as `10.1.0.0/16` or `fd00::/8`; undefined for text that is not one. */
export function networkOf(cidr: string): NetworkTest | undefined {
  // A zone (fe80::1%eth0) belongs to one interface of one computer, so it has no place in a network.
  const [, address = '', prefix = ''] = /^([^/%]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const { BlockList, isIP } = net();
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (Number(prefix) > longest) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), familyOf(address));
  // The list also finds an IPv4 address that is written as an IPv6 one, ::ffff:10.1.0.7.
  return (ip) => isIP(ip) !== 0 && list.check(ip, familyOf(ip));
}

/** A test for any of these networks. RangeError for text that is not one. */
export function networkTest(...networks: readonly string[]): NetworkTest {
  const tests = networks.map((network) => {
    const test = networkOf(network);
    if (test === undefined) throw new RangeError(`${network} is not a network in CIDR form`);
    return test;
  });
  return (ip) => tests.some((test) => test(ip));
}

/** The network that has this one address only, in CIDR form. */
export function networkOfOne(ip: string): string {
  return `${ip}/${net().isIP(ip) === 6 ? 128 : 32}`;
}

/** An IPv4 address as a number, to count with; NaN for anything else. Leading zeros are decimal: 010.0.0.1 is 10.0.0.1. */
export function ipv4Number(address: string): number {
  const parts = address.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  const isAddress = parts.length === 4 && parts.every((part) => part <= 255);
  return isAddress ? parts.reduce((number, part) => number * 256 + part, 0) : Number.NaN;
}

export function ipv4Text(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** The mask of a network with so many bits, e.g. 255.255.255.0. */
export function ipv4Mask(prefixLength: number): string {
  return ipv4Text(2 ** 32 - 2 ** (32 - prefixLength));
}

/** The first and the last address of the IPv4 network in which an address is, as numbers. */
export function ipv4Range(
  address: string,
  prefixLength: number,
): { readonly first: number; readonly last: number; readonly size: number } {
  const size = 2 ** (32 - prefixLength);
  const first = Math.floor(ipv4Number(address) / size) * size;
  return { first, last: first + size - 1, size };
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return net().isIP(ip) === 6 ? 'ipv6' : 'ipv4';
}

/** A host as it stands in a URL: IPv6 addresses in brackets. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
