import type { VolumeGroupRecord } from '../core/store/volume-records.js';
import type { World } from '../core/world.js';
import { excerpt, latest, shortened, type Excerpt, type VolumeGroupRow } from './view-shape.js';

const MOST_ROWS = 100;
const MOST_PER_CELL = 6;

/** Volume groups with those who have them, the newest first. */
export function volumeGroupRows(world: World): Excerpt<VolumeGroupRow> {
  const holders = namesOfHolders(world);
  return latest(world.store.volumeGroups.toArray(), MOST_ROWS, (group) => ({
    uuid: group.uuid,
    name: shortened(group.name),
    cluster: world.store.clusters.get(group.clusterUuid)?.name ?? group.clusterUuid,
    sizeBytes: group.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    disks: excerpt(group.disks, MOST_PER_CELL, ({ index, sizeBytes }) => ({ index, sizeBytes })),
    vms: excerpt(holders.get(group.uuid) ?? [], MOST_PER_CELL, shortened),
    iscsiClients: excerpt(initiatorsOf(world, group), MOST_PER_CELL, shortened),
    createdAt: group.createdAt,
  }));
}

/** By UUID of a group, the names of the VMs that have it. */
function namesOfHolders({ store }: World): Map<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const { name, config } of store.vms) {
    for (const { volumeGroupUuid } of config.disks) {
      if (volumeGroupUuid === undefined) continue;
      holders.set(volumeGroupUuid, [...(holders.get(volumeGroupUuid) ?? []), name]);
    }
  }
  return holders;
}

/** A client is called what it is recognised by. */
function initiatorsOf({ store }: World, { clientUuids }: VolumeGroupRecord): string[] {
  return clientUuids.map((uuid) => store.iscsiClients.get(uuid)?.initiator.value ?? uuid);
}
