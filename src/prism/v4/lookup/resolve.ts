import type { CallContext, Placement, PlacementRequest } from '../../../provider/index.js';
import { chooseStorageContainer, findPlacement, type Lookups } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { findCategory } from './category.js';
import { findCluster, listClusters } from './cluster.js';
import { entitiesMeant, listNamed, named } from './entities.js';
import { findGpus } from './gpu.js';
import { imageFrom, IMAGES } from './image.js';
import { findProject } from './project.js';
import { listStorageContainers } from './storage-container.js';
import { subnetFrom, SUBNETS } from './subnet.js';

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
    images: async (wanted, cluster, { signal }) =>
      (await entitiesMeant(api, IMAGES, wanted, signal)).map((one) => imageFrom(one, wanted.name, cluster)),
    subnets: async (wanted, { signal }) =>
      (await entitiesMeant(api, SUBNETS, wanted, signal)).map((one) => subnetFrom(one, wanted.name)),
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
  const placement = await findPlacement(find, request, context);
  return { ...placement, warnings: [...placement.warnings, ...clockWarnings(api.clockLead)] };
}

/** Certificates that clients make are valid from five minutes before their making. ms. */
const CLOCK_TOLERANCE = 5 * 60_000;

/** What to know when the clock here and that of Prism Central, which guests follow as a rule, are apart. */
function clockWarnings(lead: number | undefined): readonly string[] {
  if (lead === undefined || Math.abs(lead) < CLOCK_TOLERANCE) return [];
  const minutes = Math.round(Math.abs(lead) / 60_000);
  const way = lead > 0 ? 'ahead of' : 'behind';
  return [
    `The clock of this computer is ${minutes} minutes ${way} that of Prism Central: a guest may refuse certificates that are made here. Set it right (NTP).`,
  ];
}
