import { isIP } from 'node:net';
import { network } from './checks.js';
import { optionsIn } from './option.js';

const option = optionsIn('Network');

/** In `--nutanix-ip`, the place of a NIC whose address the network gives. */
const AUTOMATIC = 'auto';

/** The NICs and their addresses. */
export const networkOptions = {
  Subnet: option.slice({
    name: 'nutanix-vm-network',
    help: 'Subnet of a NIC, by name or UUID; repeatable, the first is the first NIC',
    required: true,
    since: 'official',
  }),
  StaticIPs: option.slice({
    name: 'nutanix-ip',
    help: 'Fixed address of a NIC on a subnet managed by Nutanix; repeatable, in the order of the NICs, auto = none',
    check: addressList,
  }),
  IPNetwork: option.string({
    name: 'nutanix-ip-network',
    help: 'Use the address that is in this network (CIDR); empty = the first that works',
    check: network,
  }),
} as const;

/** `--nutanix-ip` as one entry per given value; undefined = the network decides. */
export function staticAddresses(values: readonly string[]): (string | undefined)[] {
  return values.map((value) => value.trim()).map((value) => (value === AUTOMATIC ? undefined : value));
}

function addressList(given: readonly string[]): string | undefined {
  const values = given.map((value) => value.trim());
  const wrong = values.filter((value) => value !== AUTOMATIC && isIP(value) === 0);
  if (wrong.length > 0) {
    return `must be IP addresses, or ${AUTOMATIC} where the network decides, not ${quoted(wrong)}`;
  }
  const fixed = values.filter((value) => value !== AUTOMATIC);
  return new Set(fixed).size < fixed.length ? 'names the same address twice' : undefined;
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}
