import { BlockList, isIP } from 'node:net';

/** True for the addresses of any of these networks (CIDR); false for text that is no address. */
export type NetworkTest = (ip: string) => boolean;

/** A test for networks such as `10.1.0.0/16` or `fd00::/8`. RangeError for text that is not one. */
export function networkTest(...networks: readonly string[]): NetworkTest {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(network) ?? [];
    const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    if (Number(prefix) > longest) throw new RangeError(`${network} is not a network in CIDR form`);
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (ip) => isIP(ip) !== 0 && list.check(ip, familyOf(ip));
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return isIP(ip) === 6 ? 'ipv6' : 'ipv4';
}
