import type { GuestTarget, GuestTargetClient } from '../../guests/index.js';
import type { Store } from '../store/store.js';
import type { Initiator, VolumeGroupRecord } from '../store/volume-records.js';
import type { World } from '../world.js';
import { iqnOf } from './iscsi.js';

/**
 * What iSCSI clients have is to be had at the data services of each cluster. A client that has lost a group cannot write
 * to it any more when this resolves. What cannot be served does not hold up the storage.
 */
export async function serveTargets({ guests, store, logger }: World): Promise<void> {
  const { dataServices } = guests;
  if (dataServices === undefined) return;
  for (const { uuid, dataServicesAddress: address } of store.clusters) {
    if (address === undefined) continue;
    try {
      await dataServices.serve(address, targetsOf(store, uuid));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      logger.warn(`The data services at ${address} cannot serve iSCSI clients: ${problem}`);
    }
  }
}

function targetsOf(store: Store, clusterUuid: string): GuestTarget[] {
  return store.volumeGroups
    .toArray()
    .filter((group) => group.clusterUuid === clusterUuid && group.clientUuids.length > 0)
    .map((group) => targetOf(store, group));
}

/** All disks of a group are at its first virtual target, each one at the LUN of its index. */
function targetOf(store: Store, group: VolumeGroupRecord): GuestTarget {
  const disks = group.disks.map(({ uuid, sizeBytes, index: lun }) => ({ uuid, sizeBytes, lun }));
  const clients = group.clientUuids.flatMap((uuid): GuestTargetClient[] => {
    const client = store.iscsiClients.get(uuid);
    if (client === undefined) return [];
    const { initiator, secret } = client;
    return [{ ...placeOf(initiator), ...(secret === undefined ? {} : { secret }) }];
  });
  return { name: iqnOf(group), disks, clients };
}

function placeOf({ type, value }: Initiator): GuestTargetClient {
  return type === 'name' ? { initiatorName: value } : { address: value };
}
