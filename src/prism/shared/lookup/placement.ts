import type {
  CallContext,
  Category,
  GpuChoice,
  Placement,
  PlacementRequest,
  Reference,
} from '../../../provider/index.js';
import { asOneError, hasCode, OperationError } from '../../../support/index.js';
import { chooseImage, type ImageCandidate } from './image.js';
import { namesakeWarnings, type ListNamesakes } from './namesakes.js';
import type { Wanted } from './selection-errors.js';
import { chooseSubnet, type SubnetCandidate } from './subnet.js';

export interface FoundProject {
  readonly project: Reference;
  /** One sentence for each thing that the project seems not to allow. */
  readonly objections: (cluster: Reference | undefined, subnets: readonly Reference[]) => readonly string[];
}

type OnCluster = Reference | undefined;

/** How one version of the API finds what a VM refers to. A cluster is undefined when its own look-up failed. */
export interface Lookups {
  cluster(name: string, context: CallContext): Promise<Reference>;
  /** The images that a name or UUID means. At least one; nothing = `not-found`. */
  images(wanted: Wanted, cluster: OnCluster, context: CallContext): Promise<readonly ImageCandidate[]>;
  /** As `images`. */
  subnets(wanted: Wanted, context: CallContext): Promise<readonly SubnetCandidate[]>;
  project(name: string, context: CallContext): Promise<FoundProject>;
  category(category: Category, context: CallContext): Promise<Category>;
  gpus(names: readonly string[], cluster: OnCluster, context: CallContext): Promise<readonly GpuChoice[]>;
  storageContainer(name: string, cluster: OnCluster, context: CallContext): Promise<Reference>;
  readonly namesakes: ListNamesakes;
}

/**
 * Looks up everything a VM refers to, in parallel, and tells all problems at once. What needs the cluster waits
 * for it; when the cluster is unknown the rest is checked as far as possible without.
 */
export async function findPlacement(
  find: Lookups,
  request: PlacementRequest,
  caller: CallContext,
): Promise<Placement> {
  const problems = new Problems();
  const context = { ...caller, signal: AbortSignal.any([caller.signal, problems.signal]) };
  const clusterFound = find.cluster(request.cluster, context);
  const cluster = clusterFound.catch(() => undefined);
  const afterCluster = async <T>(work: (cluster: OnCluster) => Promise<T>): Promise<T> =>
    await work(await cluster);
  const [target, image, subnets, project, categories, gpus, containers, namesakes] = await Promise.all([
    problems.collect(clusterFound, 'cluster', request.cluster),
    problems.collect(
      afterCluster(async (c) => {
        const wanted = { kind: 'image', name: request.image };
        return chooseImage(wanted, await find.images(wanted, c, context), c, request.systemDiskGiB);
      }),
      'image',
      request.image,
    ),
    Promise.all(
      request.subnets.map((name, index) =>
        problems.collect(
          afterCluster(async (c) => {
            const wanted = { kind: 'subnet', name };
            const found = await find.subnets(wanted, context);
            return chooseSubnet(wanted, found, c, request.staticAddresses[index]);
          }),
          'subnet',
          name,
        ),
      ),
    ),
    request.project === undefined
      ? undefined
      : problems.collect(find.project(request.project, context), 'project', request.project),
    Promise.all(
      request.categories.map((one) =>
        problems.collect(find.category(one, context), 'category', `${one.key}=${one.value}`),
      ),
    ),
    problems.collect(
      afterCluster((c) => find.gpus(request.gpus, c, context)),
      'GPU',
      request.gpus.join(', '),
    ),
    Promise.all(
      request.storageContainers.map(async (name) =>
        name === undefined
          ? undefined
          : await problems.collect(
              afterCluster((c) => find.storageContainer(name, c, context)),
              'storage container',
              name,
            ),
      ),
    ),
    afterCluster(() => namesakeWarnings(find.namesakes, request.vmName, context)),
  ]);
  problems.throwIfAny();
  if (target === undefined || image === undefined)
    throw new Error('a look-up ended without result or problem');
  const foundSubnets = subnets.flatMap((one) => one ?? []);
  return {
    cluster: { id: target.id, name: target.name },
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

/** Gathers what goes wrong in parallel look-ups. They are told in the order in which they were begun, whichever failed first. */
class Problems {
  readonly #found: { readonly place: number; readonly error: OperationError }[] = [];
  readonly #general = new AbortController();
  #begun = 0;

  /** Aborted by the first problem that concerns the connection: the other look-ups would only meet it too. */
  get signal(): AbortSignal {
    return this.#general.signal;
  }

  /** The result of the look-up of this entity, or undefined when it failed. */
  async collect<T>(work: Promise<T>, kind: string, name: string): Promise<T | undefined> {
    const place = this.#begun;
    this.#begun += 1;
    try {
      return await work;
    } catch (thrown) {
      const error = OperationError.from(thrown, ATTEMPTED);
      const isOfEntity = hasCode(error, ...ENTITY_CODES);
      // What the server refused, such as a list that the account may not see, does not know what it was asked for.
      const concerns = error.concerns ?? { kind, name };
      this.#found.push({ place, error: isOfEntity ? error.with({ concerns }) : error });
      if (!isOfEntity) this.#general.abort(error);
      return undefined;
    }
  }

  throwIfAny(): void {
    const errors = this.#found.toSorted((one, other) => one.place - other.place).map(({ error }) => error);
    const cause: unknown = this.#general.signal.reason;
    // A server that is away fails all that wait for it in one moment; what was only aborted has another code.
    if (cause instanceof OperationError) throw errors.find(({ code }) => code === cause.code) ?? cause;
    const [first, ...others] = errors;
    if (first !== undefined) throw asOneError(ATTEMPTED, [first, ...others]);
  }
}
