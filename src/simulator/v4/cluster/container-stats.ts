import type { ContainerRecord } from '../../core/store/records.js';
import type { Answer } from '../../http/route.js';
import { entityAnswer } from '../message/answer.js';
import { moment } from '../message/moment.js';
import { typed } from '../message/typed.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';

const STATS = 'clustermgmt.v4.stats';

/**
 * Statistics of a storage container: one sample of what its size is and what of it volume groups have not taken. Shape by
 * the SDK's models (StorageContainerStats, TimeIntValuePair); no answer is recorded.
 */
export function containerStats(world: V4World, call: V4Call, container: ContainerRecord): Answer {
  const { served, store, time } = world;
  const sample = (value: number): readonly unknown[] => [
    typed(served, 'common.v1.stats.TimeIntValuePair', { value, timestamp: moment(time.now()) }),
  ];
  const disks = [...store.volumeGroups].flatMap((group) => group.disks);
  const taken = disks
    .filter(({ containerUuid }) => containerUuid === container.uuid)
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const data = typed(served, `${STATS}.StorageContainerStats`, {
    containerExtId: container.uuid,
    storageCapacityBytes: sample(container.capacityBytes),
    storageUsageBytes: sample(taken),
    storageFreeBytes: sample(Math.max(0, container.capacityBytes - taken)),
  });
  return entityAnswer(world, call, { type: `${STATS}.GetStorageContainerStatsApiResponse`, data });
}
