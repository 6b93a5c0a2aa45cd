import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Refusal } from '../../../../src/simulator/core/refusal.js';
import type { Store } from '../../../../src/simulator/core/store/store.js';
import {
  addDisk,
  attachToClient,
  attachToVm,
  changeDisk,
  changedClient,
  changeGroup,
  checkNoGroups,
  clientFor,
  deleteGroup,
  detachFromClient,
  detachFromVm,
  existing,
  removeDisk,
  restoredGroup,
  revertGroup,
  takeRecoveryPoint,
  vmAttachmentsOf,
} from '../../../../src/simulator/core/volume/index.js';
import { PRESET } from '../../../../src/simulator/index.js';
import { entityOf, GIB, groupIn, presetStore, vmIn } from './volume-store.js';

const MOST = 4;

/** What may be asked for, with numbers that choose between what is there; much of it is refused. */
type Request = (store: Store, chosen: Choice) => void;

interface Choice {
  readonly a: number;
  readonly b: number;
  readonly flag: boolean;
}

function pick<T>(all: Iterable<T>, number: number): T {
  const list = [...all];
  const item = list[number % Math.max(list.length, 1)];
  return existing({ get: () => item }, 'thing', String(number));
}

const container = { type: 'STORAGE_CONTAINER' as const, uuid: PRESET.container.uuid };

const REQUESTS: Readonly<Record<string, Request>> = {
  create: (store, { a, flag }) => {
    if (store.volumeGroups.size < MOST) groupIn(store, `group-${String(a)}`, { shared: flag });
  },
  'create on the other cluster': (store) => {
    if (store.volumeGroups.size >= MOST) return;
    groupIn(store, 'away', { clusterUuid: PRESET.secondCluster.uuid, disks: [] });
  },
  delete: (store, { a }) => deleteGroup(store, pick(store.volumeGroups, a).uuid),
  'attach to a VM': (store, { a, b, flag }) => {
    const place = { uuid: randomUUID(), index: flag ? b : undefined };
    attachToVm(store, pick(store.volumeGroups, a), pick(store.vms, b), place);
  },
  'detach from a VM': (store, { a, b, flag }) => {
    const group = pick(store.volumeGroups, a);
    const holders = vmAttachmentsOf(store, group.uuid).map(({ vm }) => vm);
    detachFromVm(store, group, pick(flag ? store.vms : holders, b));
  },
  'attach to a client': (store, { a, b }) => {
    const group = pick(store.volumeGroups, a);
    const initiator = { type: 'name' as const, value: `iqn.1994-05.com.example:host-${String(b % 3)}` };
    const client = clientFor(store, group.clusterUuid, { initiator });
    attachToClient(store, group, client);
    store.iscsiClients.put(client);
  },
  'detach from a client': (store, { a, b }) => {
    detachFromClient(pick(store.volumeGroups, a), pick(store.iscsiClients, b).uuid);
  },
  'change sharing and balancing': (store, { a, b, flag }) => {
    changeGroup(store, pick(store.volumeGroups, a), { shared: flag, loadBalanced: b % 2 === 0 });
  },
  'change a client': (store, { a, flag }) => {
    const client = pick(store.iscsiClients, a);
    const options = flag ? ({ authentication: 'CHAP', secret: 'a secret' } as const) : {};
    store.iscsiClients.put(changedClient(client, options));
  },
  'add a disk': (store, { a, b, flag }) => {
    const group = pick(store.volumeGroups, a);
    addDisk(store, group, { sizeBytes: GIB * (b + 1), index: flag ? b : undefined, source: container });
  },
  'copy a disk': (store, { a, b }) => {
    const { uuid } = pick(pick(store.volumeGroups, b).disks, b);
    addDisk(store, pick(store.volumeGroups, a), { source: { type: 'VOLUME_DISK', uuid } });
  },
  'change the size of a disk': (store, { a, b }) => {
    const disk = pick(pick(store.volumeGroups, a).disks, b);
    changeDisk(store, disk, { sizeBytes: GIB * (b % 9) });
  },
  'remove a disk': (store, { a, b }) => {
    const group = pick(store.volumeGroups, a);
    removeDisk(group, pick(group.disks, b).uuid);
  },
  'delete a VM': (store, { a }) => {
    const vm = pick(store.vms, a);
    checkNoGroups(vm);
    store.vms.delete(vm.uuid);
  },
  'take a recovery point': (store, { a }) => {
    const point = { uuid: randomUUID(), type: 'CRASH_CONSISTENT', createdAt: 0, ownerUuid: '' } as const;
    takeRecoveryPoint(store, point, [pick(store.volumeGroups, a).uuid]);
  },
  restore: (store, { a }) => {
    const point = pick(pick(store.recoveryPoints, a).groups, 0);
    if (store.volumeGroups.size < MOST) store.volumeGroups.put(restoredGroup(point, entityOf('restored')));
  },
  revert: (store, { a, b }) => {
    revertGroup(store, pick(store.volumeGroups, a), pick(pick(store.recoveryPoints, b).groups, 0).uuid);
  },
};

/** All that has to hold whatever was asked for. */
function brokenInvariants(store: Store): string[] {
  const broken: string[] = [];
  for (const group of store.volumeGroups) {
    const vms = vmAttachmentsOf(store, group.uuid);
    const all = [...vms.map(({ vm }) => vm.uuid), ...group.clientUuids];
    if (!group.shared && all.length > 1) broken.push('attached more than once');
    if (new Set(all).size !== all.length) broken.push('attached twice to the same');
    if (vms.some(({ vm }) => vm.clusterUuid !== group.clusterUuid)) broken.push('on another cluster');
    if (group.loadBalanced && group.clientUuids.length > 0) broken.push('balanced with a client');
    if (group.clientUuids.some((uuid) => !store.iscsiClients.has(uuid))) broken.push('unknown client');
    const indices = group.disks.map(({ index }) => index);
    if (new Set(indices).size !== indices.length) broken.push('two disks with one index');
  }
  for (const { config } of store.vms) {
    const places = config.disks.map(({ adapter, index }) => `${adapter}.${String(index)}`);
    if (new Set(places).size !== places.length) broken.push('two disks in one place');
    const groups = config.disks.flatMap(({ volumeGroupUuid }) => volumeGroupUuid ?? []);
    if (groups.some((uuid) => !store.volumeGroups.has(uuid))) broken.push('a deleted group is attached');
  }
  const disks = store.volumeGroups.toArray().flatMap((group) => group.disks.map(({ uuid }) => uuid));
  if (new Set(disks).size !== disks.length) broken.push('one disk in two groups');
  return broken;
}

function sizes(store: Store): Map<string, number> {
  return new Map(
    store.volumeGroups.toArray().flatMap(({ disks }) => disks.map((disk) => [disk.uuid, disk.sizeBytes])),
  );
}

/** Runs a request; false when it was refused. Anything else than a refusal is a fault of the simulator. */
function isDone(store: Store, name: string, chosen: Choice): boolean {
  try {
    REQUESTS[name]?.(store, chosen);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const choice = fc.record({ a: fc.nat(7), b: fc.nat(7), flag: fc.boolean() });
const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(REQUESTS)), choice), {
  minLength: 40,
  maxLength: 60,
});

function storeWithVms(): Store {
  const store = presetStore();
  for (const name of ['web-1', 'web-2', 'web-3']) vmIn(store, name);
  vmIn(store, 'away', PRESET.secondCluster.uuid);
  groupIn(store, 'first', { shared: true });
  return store;
}

test('no order of requests leads to a state that cannot be', () => {
  const done = new Map<string, number>();
  fc.assert(
    fc.property(steps, (requests) => {
      const store = storeWithVms();
      for (const [name, chosen] of requests) {
        if (isDone(store, name, chosen)) done.set(name, (done.get(name) ?? 0) + 1);
        expect(brokenInvariants(store)).toEqual([]);
      }
    }),
    { numRuns: 100 },
  );
  // Requests that are always refused would prove nothing.
  expect(Object.keys(REQUESTS).filter((name) => !done.has(name))).toEqual([]);
});

test('what is refused has changed nothing', () => {
  fc.assert(
    fc.property(steps, (requests) => {
      const store = storeWithVms();
      for (const [name, chosen] of requests) {
        const before = picture(store);
        if (!isDone(store, name, chosen)) expect(picture(store)).toEqual(before);
      }
    }),
    { numRuns: 40 },
  );
});

function picture({ volumeGroups, iscsiClients, vms, recoveryPoints }: Store): unknown {
  return structuredClone([volumeGroups, iscsiClients, vms, recoveryPoints].map((all) => all.toArray()));
}

test('a disk only ever grows, except by a revert', () => {
  fc.assert(
    fc.property(steps, (requests) => {
      const store = storeWithVms();
      for (const [name, chosen] of requests.filter(([request]) => request !== 'revert')) {
        const before = sizes(store);
        isDone(store, name, chosen);
        for (const [uuid, size] of sizes(store)) expect(size).toBeGreaterThanOrEqual(before.get(uuid) ?? 0);
      }
    }),
    { numRuns: 40 },
  );
});
