import type { CallContext, Placement, PlacementRequest } from '../../../provider/index.js';
import { findPlacement, type Lookups } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { entityUuid } from '../envelope.js';
import { listNamed } from '../list.js';
import { findCategory } from './category.js';
import { findCluster } from './cluster.js';
import { entitiesMeant } from './entities.js';
import { findGpus } from './gpu.js';
import { imageFrom } from './image.js';
import { findProject } from './project.js';
import { findStorageContainer } from './storage-container.js';
import { subnetFrom } from './subnet.js';

/** Looks up everything a VM refers to, and tells all problems at once. */
export async function resolvePlacement(
  backend: V3Backend,
  request: PlacementRequest,
  context: CallContext,
): Promise<Placement> {
  const find: Lookups = {
    cluster: (...call) => findCluster(backend, ...call),
    images: async (wanted, _cluster, attempt) =>
      (await entitiesMeant(backend, 'image', wanted, attempt)).map((one) => imageFrom(one, wanted.name)),
    subnets: async (wanted, attempt) =>
      (await entitiesMeant(backend, 'subnet', wanted, attempt)).map((one) => subnetFrom(one, wanted.name)),
    project: (...call) => findProject(backend, ...call),
    category: (...call) => findCategory(backend, ...call),
    gpus: (...call) => findGpus(backend, ...call),
    storageContainer: (...call) => findStorageContainer(backend, ...call),
    namesakes: async (name, attempt) => (await listNamed(backend.api, 'vm', name, attempt)).map(entityUuid),
  };
  return await findPlacement(find, request, context);
}
