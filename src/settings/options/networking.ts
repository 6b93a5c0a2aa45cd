import { network } from './checks.js';
import { optionsIn } from './option.js';
import { addressList } from './static-address.js';

const option = optionsIn('Network');

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
