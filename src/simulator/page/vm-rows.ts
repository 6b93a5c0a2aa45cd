import { shownState, type VmRecord } from '../core/store/vm-record.js';
import type { World } from '../core/world.js';
import { hasWords, wordsIn } from './activity-rows.js';
import { excerpt, latest, shownName, type Excerpt, type VmRow } from './view-shape.js';

const MOST_ROWS = 200;
const MOST_PER_CELL = 6;

/** VMs that have every word of `filter` in a name, an address, a state, a cluster, a host or the UUID. */
export function vmRows(world: World, filter: string): Excerpt<VmRow> {
  const words = wordsIn(filter);
  const all = world.store.vms.toArray();
  const found = words.length === 0 ? all : all.filter((vm) => fits(world, vm, words));
  return latest(found, MOST_ROWS, (vm) => vmRow(world, vm));
}

function vmRow(world: World, vm: VmRecord): VmRow {
  const { sockets, coresPerSocket, memoryMiB } = vm.config;
  const hard = vm.config.disks.filter(({ type }) => type === 'DISK');
  return {
    uuid: vm.uuid,
    name: shownName(vm.name, vm.uuid),
    power: vm.power,
    state: shownState(vm),
    cluster: clusterName(world, vm),
    host: hostName(world, vm),
    addresses: excerpt(addressesOf(vm), MOST_PER_CELL, (address) => address),
    cpus: vm.made ? sockets * coresPerSocket : undefined,
    memoryMiB: vm.made ? memoryMiB : undefined,
    disks: excerpt(hard, MOST_PER_CELL, ({ adapter, index, sizeBytes = 0 }) => ({
      slot: `${adapter}.${String(index)}`,
      sizeBytes,
    })),
    createdAt: vm.createdAt,
  };
}

function fits(world: World, vm: VmRecord, words: readonly string[]): boolean {
  const addresses = addressesOf(vm).map(({ ip }) => ip);
  const places = [clusterName(world, vm), hostName(world, vm) ?? ''];
  return hasWords([vm.name, vm.uuid, vm.power, shownState(vm), ...places, ...addresses], words);
}

/** Those that Prism has assigned, then those seen on the wire. */
export function addressesOf({
  config,
  learned,
}: Pick<VmRecord, 'learned'> & { readonly config: Pick<VmRecord['config'], 'nics'> }): {
  readonly ip: string;
  readonly learned: boolean;
}[] {
  return config.nics.flatMap(({ uuid, address }) => {
    const assigned = address === undefined ? [] : [address];
    const others = (learned[uuid] ?? []).filter((ip) => !assigned.includes(ip));
    return [
      ...assigned.map((ip) => ({ ip, learned: false })),
      ...others.map((ip) => ({ ip, learned: true })),
    ];
  });
}

export function clusterName(world: World, vm: Pick<VmRecord, 'clusterUuid'>): string {
  return world.store.clusters.get(vm.clusterUuid)?.name ?? vm.clusterUuid;
}

export function hostName(world: World, vm: VmRecord): string | undefined {
  return vm.hostUuid === undefined ? undefined : world.store.hosts.get(vm.hostUuid)?.name;
}
