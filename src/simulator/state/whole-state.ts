import type { Collection, Store } from '../core/store/store.js';
import { finishedTaskShape } from '../core/store/remembered.js';
import type { TaskRecord } from '../core/task-engine.js';
import type { World } from '../core/world.js';
import type { SavedState, SavedGuests, SavedServer } from './saved-state.js';

/** The part of the state that is in the store. */
export type StoredState = Omit<SavedState, 'format' | 'version' | 'server' | 'guests' | 'tasks'>;

/** Collections that are kept as they are, in the order in which they are loaded; VMs are not among them. */
const KEPT = [
  'clusters',
  'hosts',
  'subnets',
  'images',
  'projects',
  'containers',
  'categories',
  'reservations',
  'requests',
  'changeCounts',
  'volumeGroups',
  'iscsiClients',
  'recoveryPoints',
] as const satisfies readonly Exclude<keyof StoredState, 'vms'>[];

type Kept = { [Name in (typeof KEPT)[number]]: StoredState[Name][number] };

/** A copy of all that is kept. VMs that are still being made are left out. */
export function saveStore(store: Store): StoredState {
  return structuredClone({
    clusters: store.clusters.toArray(),
    hosts: store.hosts.toArray(),
    subnets: store.subnets.toArray(),
    images: store.images.toArray(),
    projects: store.projects.toArray(),
    vms: store.vms.toArray().filter((vm) => vm.made),
    containers: store.containers.toArray(),
    categories: store.categories.toArray(),
    reservations: store.reservations.toArray(),
    requests: store.requests.toArray(),
    changeCounts: store.changeCounts.toArray(),
    volumeGroups: store.volumeGroups.toArray(),
    iscsiClients: store.iscsiClients.toArray(),
    recoveryPoints: store.recoveryPoints.toArray(),
  });
}

/**
 * Fills an empty store. Work that was under way is over: nothing is being deleted, and every VM is off.
 * Returns the UUIDs of the VMs that were on.
 */
export function loadStore(store: Store, state: StoredState): string[] {
  const saved = structuredClone(state);
  for (const name of KEPT) putAll<typeof name>(store[name], saved[name]);
  for (const host of store.hosts) for (const gpu of host.gpus) gpu.vmUuid = undefined;
  const wereOn = saved.vms.filter(({ power }) => power === 'ON').map(({ uuid }) => uuid);
  for (const vm of saved.vms) {
    for (const nic of vm.config.nics) store.macAddresses.add(nic.macAddress);
    store.vms.put({
      ...vm,
      state: vm.state === 'ERROR' ? 'ERROR' : 'COMPLETE',
      deleting: false,
      power: 'OFF',
      hostUuid: undefined,
      learned: {},
      config: { ...vm.config, power: 'OFF' },
    });
  }
  return wereOn;
}

type Collections = { readonly [Name in keyof Kept]: Collection<Kept[Name]> };
type Lists = { readonly [Name in keyof Kept]: readonly Kept[Name][] };

function putAll<Name extends keyof Kept>(collection: Collections[Name], records: Lists[Name]): void {
  for (const record of records) collection.put(record);
}

/** All that outlives a simulator. */
export function saveAll({ store, tasks, guests }: World, server: SavedServer): SavedState {
  const stored = saveStore(store);
  const kept = guests.save?.(new Set(stored.vms.map(({ uuid }) => uuid)));
  return {
    format: 'prism-simulator state',
    version: 3,
    server,
    ...(kept === undefined ? {} : { guests: { kind: guests.kind, kept } }),
    ...stored,
    tasks: stored.requests.flatMap(({ taskUuid }) => finished(tasks.get(taskUuid))),
  };
}

const RESTARTED = 'The server was restarted before the task was over.';

/** Work that is under way ends with the server: its task has failed. */
function finished(task: TaskRecord | undefined): SavedState['tasks'] {
  if (task === undefined) return [];
  const isOver = task.status !== 'QUEUED' && task.status !== 'RUNNING';
  const interrupted = {
    status: 'FAILED',
    completedAt: task.updatedAt,
    failure: { code: 'internal', message: RESTARTED },
  };
  return [finishedTaskShape.parse(isOver ? task : { ...task, ...interrupted })];
}

/** Gives the guests' disks to the backend. Guests of another kind are of no use to it. */
export function loadGuests({ guests, logger }: World, saved: SavedGuests | undefined): void {
  if (saved === undefined) return;
  if (saved.kind === guests.kind && guests.load !== undefined) guests.load(saved.kept);
  else
    logger.warn(`The state has disks of ${saved.kind} guests; ${guests.kind} guests start with fresh ones.`);
}
