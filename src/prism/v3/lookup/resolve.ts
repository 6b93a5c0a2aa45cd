import type { CallContext, Placement, PlacementRequest, Reference } from '../../../provider/index.js';
import { asOneError, hasCode, OperationError } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { findCategory } from './category.js';
import { findCluster } from './cluster.js';
import { findGpus } from './gpu.js';
import { findImage } from './image.js';
import { namesakeWarnings, type ListNamesakes } from '../../shared/index.js';
import { entityUuid } from '../envelope.js';
import { listNamed } from '../list.js';
import { findProject } from './project.js';
import { findStorageContainer } from './storage-container.js';
import { findSubnet } from './subnet.js';

/**
 * Looks up everything a VM refers to, in parallel, and tells all problems at once. What needs the cluster waits
 * for it; when the cluster is unknown the rest is checked as far as possible without.
 */
export async function resolvePlacement(
  backend: V3Backend,
  request: PlacementRequest,
  caller: CallContext,
): Promise<Placement> {
  const problems = new Problems();
  const context = { ...caller, signal: AbortSignal.any([caller.signal, problems.signal]) };
  const clusterFound = findCluster(backend, request.cluster, context);
  const cluster = clusterFound.catch(() => undefined);
  const afterCluster = async <T>(find: (cluster: Reference | undefined) => Promise<T>): Promise<T> =>
    await find(await cluster);
  const [target, image, subnets, project, categories, gpus, containers, namesakes] = await Promise.all([
    problems.collect(clusterFound, 'cluster', request.cluster),
    problems.collect(
      afterCluster((c) => findImage(backend, request.image, c, request.systemDiskGiB, context)),
      'image',
      request.image,
    ),
    Promise.all(
      request.subnets.map((name, index) =>
        problems.collect(
          afterCluster((c) => findSubnet(backend, name, c, request.staticAddresses[index], context)),
          'subnet',
          name,
        ),
      ),
    ),
    request.project === undefined
      ? undefined
      : problems.collect(findProject(backend, request.project, context), 'project', request.project),
    Promise.all(
      request.categories.map((one) =>
        problems.collect(findCategory(backend, one, context), 'category', `${one.key}=${one.value}`),
      ),
    ),
    problems.collect(
      afterCluster((c) => findGpus(backend, request.gpus, c, context)),
      'GPU',
      request.gpus.join(', '),
    ),
    Promise.all(
      request.storageContainers.map(async (name) =>
        name === undefined
          ? undefined
          : await problems.collect(
              afterCluster((c) => findStorageContainer(backend, name, c, context)),
              'storage container',
              name,
            ),
      ),
    ),
    afterCluster(() => namesakeWarnings(listNamesakes(backend), request.vmName, context)),
  ]);
  problems.throwIfAny();
  if (target === undefined || image === undefined)
    throw new Error('a look-up ended without result or problem');
  const foundSubnets = subnets.flatMap((one) => one ?? []);
  return {
    cluster: target,
    image: image.image,
    subnets: foundSubnets,
    project: project?.project,
    categories: categories.flatMap((one) => one ?? []),
    gpus: gpus ?? [],
    storageContainers: containers,
    warnings: [...namesakes, ...image.warnings, ...(project?.objections(target, foundSubnets) ?? [])],
  };
}

function listNamesakes({ api }: V3Backend): ListNamesakes {
  return async (name, attempt) => (await listNamed(api, 'vm', name, attempt)).map(entityUuid);
}

const ATTEMPTED = 'look up what the VM refers to';
/** Codes that say something of one entity; all others concern the connection and end everything. */
const ENTITY_CODES = ['invalid-input', 'not-found', 'ambiguous', 'permission-denied'] as const;

/** Gathers what goes wrong in parallel look-ups. */
class Problems {
  readonly #found: OperationError[] = [];
  readonly #general = new AbortController();

  /** Aborted by the first problem that concerns the connection: the other look-ups would only meet it too. */
  get signal(): AbortSignal {
    return this.#general.signal;
  }

  /** The result of the look-up of this entity, or undefined when it failed. */
  async collect<T>(work: Promise<T>, kind: string, name: string): Promise<T | undefined> {
    try {
      return await work;
    } catch (thrown) {
      const error = OperationError.from(thrown, ATTEMPTED);
      const isOfEntity = hasCode(error, ...ENTITY_CODES);
      // What the server refused, such as a list that the account may not see, does not know what it was asked for.
      const concerns = error.concerns ?? { kind, name };
      this.#found.push(isOfEntity ? error.with({ concerns }) : error);
      if (!isOfEntity) this.#general.abort(error);
      return undefined;
    }
  }

  throwIfAny(): void {
    const general: unknown = this.#general.signal.reason;
    if (general !== undefined) throw OperationError.from(general, ATTEMPTED);
    const [first, ...others] = this.#found;
    if (first !== undefined) throw asOneError(ATTEMPTED, [first, ...others]);
  }
}
