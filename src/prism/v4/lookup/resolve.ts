import type { CallContext, Placement, PlacementRequest } from '../../../provider/index.js';
import { chooseStorageContainer, findPlacement, type Lookups } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { findCategory } from './category.js';
import { findCluster, listClusters } from './cluster.js';
import { listNamed, named } from './entities.js';
import { findGpus } from './gpu.js';
import { findImage } from './image.js';
import { findProject } from './project.js';
import { listStorageContainers } from './storage-container.js';
import { findSubnet } from './subnet.js';

/**
 * Looks up everything a VM refers to, and tells all problems at once. It is the only check of these: a create takes any
 * id, and its task fails later (recorded-v4 C5, C7).
 */
export async function resolvePlacement(
  { api }: V4Backend,
  request: PlacementRequest,
  context: CallContext,
): Promise<Placement> {
  const find: Lookups = {
    cluster: (name, { signal }) => findCluster((attempt) => listClusters(api, attempt), name, signal),
    image: (...call) => findImage(api, ...call),
    subnet: (...call) => findSubnet(api, ...call),
    project: (...call) => findProject(api, ...call),
    category: (...call) => findCategory(api, ...call),
    gpus: (...call) => findGpus(api, ...call),
    storageContainer: (...call) =>
      chooseStorageContainer((attempt) => listStorageContainers(api, attempt), ...call),
    namesakes: async (name, attempt) => {
      const list = { namespace: 'vmm', path: '/ahv/config/vms', item: named } as const;
      return (await listNamed(api, list, name, attempt)).map(({ extId }) => extId);
    },
  };
  return await findPlacement(find, request, context);
}
