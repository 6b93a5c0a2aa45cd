import type { CallContext, Placement, PlacementRequest, Reference } from '../../../provider/index.js';
import { hasCode, OperationError } from '../../../support/index.js';
import type { Backend } from '../backend.js';
import { findCategory } from './category.js';
import { findCluster } from './cluster.js';
import { findGpus } from './gpu.js';
import { findImage } from './image.js';
import { namesakeWarnings } from './namesakes.js';
import { findProject } from './project.js';
import { findStorageContainer } from './storage-container.js';
import { findSubnet } from './subnet.js';

/**
 * Looks up everything a VM refers to, in parallel, and tells all problems at once. What needs the cluster waits
 * for it; when the cluster is unknown the rest is checked as far as possible without.
 */
export async function resolvePlacement(
  backend: Backend,
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
    problems.collect(clusterFound),
    problems.collect(
      afterCluster((c) => findImage(backend, request.image, c, request.systemDiskGiB, context)),
    ),
    problems.collectAll(
      request.subnets.map((name, index) =>
        afterCluster((c) => findSubnet(backend, name, c, request.staticAddresses[index], context)),
      ),
    ),
    problems.collect(
      request.project === undefined ? undefined : findProject(backend, request.project, context),
    ),
    problems.collectAll(request.categories.map((one) => findCategory(backend, one, context))),
    problems.collect(afterCluster((c) => findGpus(backend, request.gpus, c, context))),
    problems.collectAll(
      request.storageContainers.map((name) =>
        name === undefined ? undefined : afterCluster((c) => findStorageContainer(backend, name, c, context)),
      ),
    ),
    afterCluster(() => namesakeWarnings(backend, request.vmName, context)),
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

  /** The result, or undefined when there was nothing to do or it failed. */
  async collect<T>(work: Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await work;
    } catch (thrown) {
      const error = OperationError.from(thrown, ATTEMPTED);
      this.#found.push(error);
      if (!hasCode(error, ...ENTITY_CODES)) this.#general.abort(error);
      return undefined;
    }
  }

  collectAll<T>(works: readonly (Promise<T> | undefined)[]): Promise<(T | undefined)[]> {
    return Promise.all(works.map((work) => this.collect(work)));
  }

  throwIfAny(): void {
    const general: unknown = this.#general.signal.reason;
    if (general !== undefined) throw OperationError.from(general, ATTEMPTED);
    const [first, ...others] = this.#found;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    const texts = [...new Set(this.#found.map((error) => error.message))];
    throw new OperationError({
      code: first.code,
      attempted: ATTEMPTED,
      problem: texts.map((text, index) => `(${index + 1}) ${text}`).join(' '),
      cause: new AggregateError(this.#found),
    });
  }
}
