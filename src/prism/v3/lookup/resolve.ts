import type { CallContext, Placement, PlacementRequest } from '../../../provider/index.js';
import { findPlacement, type Lookups } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { entityUuid } from '../envelope.js';
import { listNamed } from '../list.js';
import { findCategory } from './category.js';
import { findCluster } from './cluster.js';
import { findGpus } from './gpu.js';
import { findImage } from './image.js';
import { findProject } from './project.js';
import { findStorageContainer } from './storage-container.js';
import { findSubnet } from './subnet.js';

/** Looks up everything a VM refers to, and tells all problems at once. */
export async function resolvePlacement(
  backend: V3Backend,
  request: PlacementRequest,
  context: CallContext,
): Promise<Placement> {
  const find: Lookups = {
    cluster: (...call) => findCluster(backend, ...call),
    image: (...call) => findImage(backend, ...call),
    subnet: (...call) => findSubnet(backend, ...call),
    project: (...call) => findProject(backend, ...call),
    category: (...call) => findCategory(backend, ...call),
    gpus: (...call) => findGpus(backend, ...call),
    storageContainer: (...call) => findStorageContainer(backend, ...call),
    namesakes: async (name, attempt) => (await listNamed(backend.api, 'vm', name, attempt)).map(entityUuid),
  };
  return await findPlacement(find, request, context);
}
