import { ipv4Range, ipv4Text, ipv4Number } from '../../support/index.js';
import { Refusal } from './refusal.js';
import type { SubnetAddresses, SubnetRecord } from './store/records.js';
import type { Store } from './store/store.js';
import type { VmRecord } from './store/vm-record.js';

/** What a client says of a subnet besides its name, its cluster and its owner. */
export type SubnetConfig = Pick<
  SubnetRecord,
  'type' | 'vlanId' | 'vpcUuid' | 'external' | 'nat' | 'network' | 'extras'
>;

/** Managed = Prism hands out addresses; on any other subnet the guest finds one by itself. */
export function isManaged({ network }: Pick<SubnetRecord, 'network'>): boolean {
  return network?.address !== undefined;
}

/** With Nutanix's DHCP server, which a managed VLAN has: it takes the last address when none was chosen. */
export function withDhcpServer(config: SubnetConfig): SubnetConfig {
  const { type, external, network } = config;
  if (type !== 'VLAN' || external === true || network === undefined) return config;
  return { ...config, network: { ...network, dhcpServer: network.dhcpServer ?? lastAddress(network) } };
}

/** The last address that a host can have. */
function lastAddress({ address, prefixLength }: SubnetAddresses): string | undefined {
  if (address === undefined || prefixLength === undefined) return undefined;
  return ipv4Text(ipv4Range(address, prefixLength).last - 1);
}

/**
 * Reserves an address for a NIC: `wanted`, or the next free one of the pools; undefined on an unmanaged
 * subnet. Going round the pool keeps an address that was just given back out of use for a while.
 */
export function reserveAddress(
  subnet: SubnetRecord,
  nicUuid: string,
  wanted: string | undefined,
): string | undefined {
  if (!isManaged(subnet)) {
    if (wanted === undefined) return undefined;
    const message = 'Cannot assign IP address on an unmanaged network';
    throw new Refusal({ code: 'address-not-managed', subnetUuid: subnet.uuid, message });
  }
  const address = wanted === undefined ? nextFree(subnet) : checkWanted(subnet, nicUuid, wanted);
  subnet.reservations[address] = nicUuid;
  if (wanted === undefined) subnet.lastAssigned = address;
  return address;
}

export function releaseAddresses(subnet: SubnetRecord, nicUuid: string): void {
  for (const [address, holder] of Object.entries(subnet.reservations)) {
    if (holder === nicUuid) Reflect.deleteProperty(subnet.reservations, address);
  }
}

/**
 * Every address of the network is free or assigned. Assigned are those of NICs and those that no NIC may have
 * (reservedAddresses), as the recorded counts say.
 */
export function addressUsage(subnet: SubnetRecord): {
  readonly nics: number;
  readonly free: number;
  readonly assigned: number;
} {
  const nics = Object.keys(subnet.reservations).length;
  const assigned = nics + reservedAddresses(subnet).length;
  const { address = '', prefixLength = 32 } = subnet.network ?? {};
  return { nics, assigned, free: Math.max(0, ipv4Range(address, prefixLength).size - assigned) };
}

/** A VM that has a NIC in this subnet. */
export function subnetUser({ vms }: Store, subnetUuid: string): VmRecord | undefined {
  return vms.find((vm) => vm.config.nics.some((nic) => nic.subnet.uuid === subnetUuid));
}

export interface PoolUsage {
  readonly range: string;
  readonly total: number;
  readonly free: number;
}

export function poolUsage(subnet: SubnetRecord): PoolUsage[] {
  const taken = [...Object.keys(subnet.reservations), ...reservedAddresses(subnet)].map(ipv4Number);
  return poolsOf(subnet).map(({ range, first, last }) => {
    const used = taken.filter((address) => address >= first && address <= last).length;
    const total = last - first + 1;
    return { range, total, free: total - used };
  });
}

interface Pool {
  readonly range: string;
  readonly first: number;
  readonly last: number;
}

function poolsOf({ network }: SubnetRecord): Pool[] {
  return (network?.pools ?? []).flatMap(({ first, last }) => {
    if (first === undefined || last === undefined) return [];
    return [{ range: `${first} ${last}`, first: ipv4Number(first), last: ipv4Number(last) }];
  });
}

/**
 * What no NIC gets: the network's own address, the broadcast address, the gateway and Nutanix's DHCP server. The
 * gateway of an external subnet is a router outside of Nutanix and is not counted (recorded from pc.2024.1).
 */
export function reservedAddresses({ network, external }: SubnetRecord): string[] {
  const { address, prefixLength, gateway, dhcpServer } = network ?? {};
  if (address === undefined || prefixLength === undefined) return [];
  const { first, last } = ipv4Range(address, prefixLength);
  return [
    ...new Set([
      ipv4Text(first),
      ipv4Text(last),
      ...(gateway === undefined || external === true ? [] : [gateway]),
      ...(dhcpServer === undefined ? [] : [dhcpServer]),
    ]),
  ];
}

function nextFree(subnet: SubnetRecord): string {
  const pools = poolsOf(subnet);
  const start = subnet.lastAssigned === undefined ? -1 : ipv4Number(subnet.lastAssigned);
  const free = firstFree(subnet, pools, start + 1) ?? firstFree(subnet, pools, 0);
  if (free !== undefined) return free;
  const message = `No free IP address left in subnet ${subnet.name}`;
  throw new Refusal({ code: 'no-free-address', subnetUuid: subnet.uuid, message });
}

function firstFree(subnet: SubnetRecord, pools: readonly Pool[], from: number): string | undefined {
  const reserved = new Set(reservedAddresses(subnet));
  for (const pool of pools) {
    for (let number = Math.max(pool.first, from); number <= pool.last; number += 1) {
      const address = ipv4Text(number);
      if (subnet.reservations[address] === undefined && !reserved.has(address)) return address;
    }
  }
  return undefined;
}

function checkWanted(subnet: SubnetRecord, nicUuid: string, wanted: string): string {
  const { address: network = '0.0.0.0', prefixLength: prefix = 0 } = subnet.network ?? {};
  if (ipv4Range(wanted, prefix).first !== ipv4Range(network, prefix).first) {
    const message = `IP address ${wanted} is not in subnet ${network}/${String(prefix)}`;
    throw new Refusal({ code: 'address-outside', subnetUuid: subnet.uuid, address: wanted, message });
  }
  const holder = subnet.reservations[wanted];
  if ((holder !== undefined && holder !== nicUuid) || reservedAddresses(subnet).includes(wanted)) {
    const message = `IP address ${wanted} is already assigned`;
    throw new Refusal({ code: 'address-in-use', subnetUuid: subnet.uuid, address: wanted, message });
  }
  return wanted;
}
