import { randomUUID } from 'node:crypto';
import { loadInventory } from '../../../../src/simulator/core/inventory/load-inventory.js';
import { presetInventory } from '../../../../src/simulator/core/inventory/preset.js';
import type { EntityRecord } from '../../../../src/simulator/core/store/entity.js';
import { Store } from '../../../../src/simulator/core/store/store.js';
import type { VmRecord } from '../../../../src/simulator/core/store/vm-record.js';
import type { VolumeGroupRecord } from '../../../../src/simulator/core/store/volume-records.js';
import { unmadeVm } from '../../../../src/simulator/core/vm/config.js';
import { newVolumeGroup, type NewVolumeGroup } from '../../../../src/simulator/core/volume/index.js';
import { PRESET } from '../../../../src/simulator/index.js';

export const GIB = 2 ** 30;

/** The preset inventory. */
export function presetStore(): Store {
  const store = new Store();
  loadInventory(store, presetInventory(), 0);
  return store;
}

export function entityOf(name: string): EntityRecord {
  return {
    uuid: randomUUID(),
    name,
    state: 'COMPLETE',
    taskUuids: [],
    createdAt: 0,
    updatedAt: 0,
    revision: 0,
    categories: {},
    usesCategoriesMapping: false,
    owner: { uuid: randomUUID() },
  };
}

/** A VM that is off and has nothing. */
export function vmIn(store: Store, name: string, clusterUuid: string = PRESET.cluster.uuid): VmRecord {
  const vm = { ...unmadeVm(entityOf(name), clusterUuid), made: true };
  store.vms.put(vm);
  return vm;
}

/** A group with one disk of 1 GiB, unless the options say otherwise. */
export function groupIn(
  store: Store,
  name: string,
  options: Partial<NewVolumeGroup> = {},
): VolumeGroupRecord {
  const source = { type: 'STORAGE_CONTAINER' as const, uuid: PRESET.container.uuid };
  const group = newVolumeGroup(store, entityOf(name), {
    clusterUuid: PRESET.cluster.uuid,
    target: {},
    disks: [{ sizeBytes: GIB, source }],
    ...options,
  });
  store.volumeGroups.put(group);
  return group;
}
