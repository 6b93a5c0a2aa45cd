import { z } from 'zod';
import { maybe, type Attempt, type StorageContainer } from '../../shared/index.js';
import type { V4Api } from '../api.js';
import { listAll } from '../list.js';

/** The id for disks is `containerExtId`; `extId` is missing in real answers (recorded-v4 other). */
const container = z.looseObject({
  containerExtId: z.string(),
  name: z.string(),
  clusterExtId: maybe.text,
  isInternal: maybe.flag,
});

export interface V4StorageContainer extends StorageContainer {
  /** True for those that the cluster has for itself. */
  readonly isInternal: boolean;
}

/** Every storage container that the account sees. */
export async function listStorageContainers(
  api: V4Api,
  attempt: Attempt,
): Promise<readonly V4StorageContainer[]> {
  const list = { namespace: 'clustermgmt', path: '/config/storage-containers', item: container } as const;
  const all = await listAll(api, list, attempt);
  return all.map(({ containerExtId: id, name, clusterExtId: cluster, isInternal = false }) => ({
    id,
    name,
    cluster,
    isInternal,
  }));
}
