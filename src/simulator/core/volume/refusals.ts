import { Refusal } from '../refusal.js';

/** A rule of volumes that a request breaks. `reason` is one of these words; an API has its own code for each. */
export type VolumeRule =
  | 'VOLUME_DISK_DATA_SOURCE_MISSING'
  | 'VOLUME_DISK_SIZE_INVALID'
  | 'VOLUME_DISK_INDEX_IN_USE'
  | 'VOLUME_DISK_INDEX_IMMUTABLE'
  | 'VOLUME_GROUP_ATTACHED'
  | 'VOLUME_GROUP_NOT_ATTACHED'
  | 'VOLUME_GROUP_NOT_SHARED'
  | 'VOLUME_GROUP_LOAD_BALANCED'
  | 'VOLUME_GROUP_CLUSTER_MISMATCH'
  | 'SCSI_INDEX_IN_USE'
  | 'STORAGE_CONTAINER_FULL'
  | 'INVALID_ARGUMENT';

export function broken(rule: VolumeRule, message: string): Refusal {
  return new Refusal({ status: 400, reason: rule, message, kind: 'volume_group' });
}

/** The record, or the Refusal of one that is not there. */
export function existing<T>(collection: { get(id: string): T | undefined }, kind: string, uuid: string): T {
  const record = collection.get(uuid);
  if (record === undefined) throw Refusal.notFound(kind, uuid);
  return record;
}
