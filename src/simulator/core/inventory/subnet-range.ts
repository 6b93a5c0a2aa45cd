import { ipv4Number, ipv4Range, ipv4Text, OperationError } from '../../../support/index.js';
import type { InventorySubnet } from './inventory.js';

const LONGEST_PREFIX = 29;
/** Addresses left out at the start of a larger network: gateway and whatever else has a fixed one. */
const KEPT_BACK = 10;

/**
 * The managed part of a subnet from its CIDR, e.g. `127.77.0.0/16`: the gateway is the first address, Nutanix's
 * DHCP server the last one, and the pool begins at .10 (at the second address of a network of 16 or fewer).
 * Rejects with `invalid-input`.
 */
export function managedRange(cidr: string): NonNullable<InventorySubnet['managed']> {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr);
  const prefixLength = Number(match?.[2]);
  const address = match?.[1] ?? '';
  if (Number.isNaN(ipv4Number(address)) || prefixLength < 8 || prefixLength > LONGEST_PREFIX) {
    throw new OperationError({
      code: 'invalid-input',
      attempted: 'read the managed subnet',
      problem: `"${cidr}" is not an IPv4 network of /8 to /${String(LONGEST_PREFIX)}`,
      advice: 'Give one like 127.77.0.0/16.',
    });
  }
  const { first: network, last: broadcast, size } = ipv4Range(address, prefixLength);
  const first = network + (size > 16 ? KEPT_BACK : 2);
  const last = broadcast - 2;
  return {
    network: ipv4Text(network),
    prefixLength,
    gateway: ipv4Text(network + 1),
    pools: [[ipv4Text(first), ipv4Text(last)]],
  };
}
