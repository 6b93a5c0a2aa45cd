import { randomBytes, randomUUID } from 'node:crypto';
import { releaseAddresses, reserveAddress } from '../../core/network/ipam.js';
import { Refusal } from '../../core/refusal.js';
import type { NicInput } from './bodies.js';
import type { SubnetRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import type { VmNic } from './resources.js';

/** AHV's prefix [recordings]. */
const MAC_PREFIX = '50:6b:8d';

/**
 * The NICs of a request with everything the server fills in, addresses reserved on managed subnets. Throws a
 * Refusal; addresses reserved until then are given back by `releaseNics` over what was there before.
 */
export function completeNics(
  world: World,
  inputs: readonly NicInput[],
  clusterUuid: string,
  previous: readonly VmNic[],
): VmNic[] {
  const fresh: VmNic[] = [];
  try {
    return inputs.map((input) => {
      const before = previous.find((nic) => nic.uuid === input.uuid);
      const nic = completeNic(world, input, clusterUuid, before);
      if (before === undefined) fresh.push(nic);
      return nic;
    });
  } catch (error) {
    releaseNics(world, fresh);
    throw error;
  }
}

export function releaseNics(world: World, nics: readonly VmNic[]): void {
  for (const nic of nics) {
    const subnet = world.store.subnets.get(nic.subnet_reference.uuid);
    if (subnet !== undefined) releaseAddresses(subnet, nic.uuid);
    world.store.macAddresses.delete(nic.mac_address);
  }
}

function completeNic(world: World, input: NicInput, clusterUuid: string, before: VmNic | undefined): VmNic {
  const uuid = before?.uuid ?? randomUUID();
  const subnet = subnetFor(world, input, clusterUuid);
  const moved = before !== undefined && before.subnet_reference.uuid !== subnet.uuid;
  const kept = moved ? undefined : before?.ip_endpoint_list[0]?.ip;
  const wanted = input.ip_endpoint_list?.[0]?.ip;
  if (before !== undefined && (moved || (wanted !== undefined && wanted !== kept)))
    releaseNics(world, [before]);
  const mac = input.mac_address ?? before?.mac_address ?? newMac(world.store.macAddresses);
  const address = wanted === undefined && kept !== undefined ? kept : reserveAddress(subnet, uuid, wanted);
  world.store.macAddresses.add(mac);
  return {
    ...input,
    uuid,
    nic_type: input.nic_type ?? 'NORMAL_NIC',
    vlan_mode: input.vlan_mode ?? 'ACCESS',
    trunked_vlan_list: input.trunked_vlan_list ?? [],
    num_queues: input.num_queues ?? 1,
    mac_address: mac,
    ip_endpoint_list: address === undefined ? [] : [{ type: 'ASSIGNED', ip: address }],
    subnet_reference: { kind: 'subnet', name: subnet.name, uuid: subnet.uuid },
    is_connected: input.is_connected ?? true,
  };
}

function subnetFor(world: World, input: NicInput, clusterUuid: string): SubnetRecord {
  const uuid = input.subnet_reference?.uuid ?? '';
  const subnet = world.store.subnets.get(uuid);
  if (subnet === undefined) throw Refusal.notFound('subnet', uuid);
  if (subnet.clusterUuid !== undefined && subnet.clusterUuid !== clusterUuid) {
    const message = `Subnet ${subnet.name} (${uuid}) is not on cluster ${clusterUuid}`;
    throw new Refusal({ status: 500, reason: 'INTERNAL_ERROR', message });
  }
  return subnet;
}

function newMac(taken: ReadonlySet<string>): string {
  for (;;) {
    const tail = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'));
    const mac = [MAC_PREFIX, ...tail].join(':');
    if (!taken.has(mac)) return mac;
  }
}
