import { randomBytes } from 'node:crypto';
import { releaseAddresses, reserveAddress } from '../ipam.js';
import { Refusal } from '../refusal.js';
import type { SubnetRecord } from '../store/records.js';
import type { VmNic } from '../store/vm-record.js';
import type { World } from '../world.js';
import type { NicOptions } from './options.js';

/** AHV's prefix [recordings]. */
const MAC_PREFIX = '50:6b:8d';

interface NicContext {
  readonly clusterUuid: string;
  /** The NICs that the VM has. */
  readonly previous: readonly VmNic[];
  /** Makes the id of a new NIC. */
  readonly newId: () => string;
}

/**
 * The NICs that are asked for, with everything the server fills in, addresses reserved on managed subnets. Throws a
 * Refusal; addresses reserved until then are given back by `releaseNics` over what was there before.
 */
export function completeNics(world: World, all: readonly NicOptions[], context: NicContext): VmNic[] {
  const fresh: VmNic[] = [];
  try {
    return all.map((options) => {
      const before = context.previous.find((nic) => nic.uuid === options.uuid);
      const nic = completeNic(world, options, context, before);
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
    const subnet = world.store.subnets.get(nic.subnet.uuid);
    if (subnet !== undefined) releaseAddresses(subnet, nic.uuid);
    world.store.macAddresses.delete(nic.macAddress);
  }
}

function completeNic(
  world: World,
  options: NicOptions,
  { clusterUuid, newId }: NicContext,
  before: VmNic | undefined,
): VmNic {
  const uuid = before?.uuid ?? newId();
  const subnet = subnetFor(world, options, clusterUuid);
  const moved = before !== undefined && before.subnet.uuid !== subnet.uuid;
  const wanted = options.address;
  const had = moved ? undefined : before?.address;
  const staysWithout = before !== undefined && !moved && had === undefined && options.assign !== true;
  const noneWanted = options.assign === false || (wanted === undefined && staysWithout);
  const kept = wanted === undefined || wanted === had ? had : undefined;
  if (before !== undefined && (noneWanted || kept === undefined)) releaseNics(world, [before]);
  const mac = options.macAddress ?? before?.macAddress ?? newMac(world.store.macAddresses);
  const address = noneWanted ? undefined : (kept ?? reserveAddress(subnet, uuid, wanted));
  world.store.macAddresses.add(mac);
  return {
    uuid,
    macAddress: mac,
    connected: options.connected ?? true,
    address,
    subnet: { uuid: subnet.uuid, name: subnet.name },
    type: options.type ?? 'NORMAL_NIC',
    vlanMode: options.vlanMode ?? 'ACCESS',
    trunkedVlans: [...(options.trunkedVlans ?? [])],
    queues: options.queues ?? 1,
    extras: options.extras,
  };
}

function subnetFor(world: World, { subnetUuid = '' }: NicOptions, clusterUuid: string): SubnetRecord {
  const subnet = world.store.subnets.get(subnetUuid);
  if (subnet === undefined) throw Refusal.notFound('subnet', subnetUuid);
  if (subnet.clusterUuid !== undefined && subnet.clusterUuid !== clusterUuid) {
    const message = `Subnet ${subnet.name} (${subnetUuid}) is not on cluster ${clusterUuid}`;
    const { uuid: id, name } = subnet;
    throw new Refusal({ code: 'not-on-cluster', entityType: 'subnet', id, name, clusterUuid, message });
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
