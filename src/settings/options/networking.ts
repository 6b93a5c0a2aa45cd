import { network } from './checks.js';
import { sliceOption, stringOption } from './option.js';
import { addressList } from './static-address.js';

const group = 'Network';

/** The NICs and their addresses. */
export const networkOptions = {
  Subnet: sliceOption({
    name: 'nutanix-vm-network',
    env: 'NUTANIX_VM_NETWORK',
    group,
    help: 'Subnet of a NIC, by name or UUID; repeatable, the first is the first NIC',
    required: true,
    since: 'official',
  }),
  StaticIPs: sliceOption({
    name: 'nutanix-ip',
    env: 'NUTANIX_IP',
    group,
    help: 'Fixed address of a NIC on a subnet managed by Nutanix; repeatable, in the order of the NICs, auto = none',
    check: addressList,
  }),
  IPNetwork: stringOption({
    name: 'nutanix-ip-network',
    env: 'NUTANIX_IP_NETWORK',
    group,
    help: 'Use the address that is in this network (CIDR); empty = the first that works',
    check: network,
  }),
} as const;
