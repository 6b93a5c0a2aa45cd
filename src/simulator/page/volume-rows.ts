import type { VolumeGroupRecord } from '../core/store/volume-records.js';
import type { World } from '../core/world.js';
import { hasWords, wordsIn } from './activity-rows.js';
import { excerpt, latest, shortened, shownName, type Excerpt, type VolumeGroupRow } from './view-shape.js';

const MOST_ROWS = 100;
const MOST_PER_CELL = 6;

/** What nutanix-volume calls a volume group that it has removed and still keeps: `NAME.removed-20261129T034200Z`. */
const REMOVED = /\.removed-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Volume groups with those who have them, the newest first; each word has to be in a name, the state or the UUID. */
export function volumeGroupRows(world: World, filter: string): Excerpt<VolumeGroupRow> {
  const holders = namesOfHolders(world);
  const words = wordsIn(filter);
  const found = world.store.volumeGroups.toArray().filter((group) => {
    const others = [...(holders.get(group.uuid) ?? []), ...initiatorsOf(world, group)];
    const state = removedAt(group.name) !== undefined ? 'removed' : others.length > 0 ? 'held' : 'free';
    return hasWords([group.name, group.uuid, state, ...others], words);
  });
  return latest(found, MOST_ROWS, (group) => ({
    uuid: group.uuid,
    name: shownName(group.name, group.uuid),
    removed: removedAt(group.name) !== undefined,
    cluster: world.store.clusters.get(group.clusterUuid)?.name ?? group.clusterUuid,
    sizeBytes: group.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    disks: excerpt(group.disks, MOST_PER_CELL, ({ index, sizeBytes }) => ({ index, sizeBytes })),
    vms: excerpt(holders.get(group.uuid) ?? [], MOST_PER_CELL, shortened),
    iscsiClients: excerpt(initiatorsOf(world, group), MOST_PER_CELL, shortened),
    createdAt: group.createdAt,
  }));
}

/** When nutanix-volume has removed a group of this name, in ms since 1970; undefined = it has not. */
export function removedAt(name: string): number | undefined {
  const [, year, month, day, hours, minutes, seconds] = REMOVED.exec(name) ?? [];
  if (year === undefined) return undefined;
  return Date.parse(
    `${year}-${String(month)}-${String(day)}T${String(hours)}:${String(minutes)}:${String(seconds)}Z`,
  );
}

/** By UUID of a group, the names of the VMs that have it. */
function namesOfHolders({ store }: World): Map<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const { uuid, name, config } of store.vms) {
    for (const { volumeGroupUuid } of config.disks) {
      if (volumeGroupUuid === undefined) continue;
      holders.set(volumeGroupUuid, [...(holders.get(volumeGroupUuid) ?? []), shownName(name, uuid)]);
    }
  }
  return holders;
}

/** A client is called what it is recognised by. */
function initiatorsOf({ store }: World, { clientUuids }: VolumeGroupRecord): string[] {
  return clientUuids.map((uuid) => store.iscsiClients.get(uuid)?.initiator.value ?? uuid);
}
