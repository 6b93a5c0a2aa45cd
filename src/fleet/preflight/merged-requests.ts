import type { PlacementRequest } from '../../provider/index.js';

/**
 * The same names with as few requests as possible: hosts on the same cluster, of the same image, project and
 * GPUs become one, with every network, category and storage container that any of them names. A name is looked
 * up once, however many hosts have it.
 */
export function mergedRequests(requests: readonly PlacementRequest[]): readonly PlacementRequest[] {
  const found = new Map<string, PlacementRequest>();
  for (const request of requests) {
    const { cluster, image, project = '', gpus } = request;
    const key = JSON.stringify([cluster, image, project, gpus]);
    const before = found.get(key);
    found.set(key, before === undefined ? withoutRepetition(request) : merged(before, request));
  }
  return [...found.values()];
}

function merged(one: PlacementRequest, other: PlacementRequest): PlacementRequest {
  return withoutRepetition({
    ...one,
    subnets: [...one.subnets, ...other.subnets],
    staticAddresses: [...addresses(one), ...addresses(other)],
    categories: [...one.categories, ...other.categories],
    storageContainers: [...one.storageContainers, ...other.storageContainers],
    systemDiskGiB: smaller(one.systemDiskGiB, other.systemDiskGiB),
  });
}

/** Without the VM's name: others of its name are no reason to make nothing. */
function withoutRepetition(request: PlacementRequest): PlacementRequest {
  const nics = request.subnets.map((subnet, index) => ({ subnet, address: addresses(request)[index] }));
  const unique = distinct(nics, ({ subnet, address }) => JSON.stringify([subnet, address !== undefined]));
  return {
    ...request,
    vmName: undefined,
    subnets: unique.map(({ subnet }) => subnet),
    staticAddresses: unique.map(({ address }) => address),
    categories: distinct(request.categories, ({ key, value }) => JSON.stringify([key, value])),
    storageContainers: distinct(
      request.storageContainers.filter((name) => name !== undefined),
      (name) => name,
    ),
  };
}

/** One entry for each subnet. */
function addresses({ subnets, staticAddresses }: PlacementRequest): readonly (string | undefined)[] {
  return subnets.map((_, index) => staticAddresses[index]);
}

/** undefined = as large as the image, which is never too small. */
function smaller(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...new Map(items.toReversed().map((item) => [keyOf(item), item])).values()].toReversed();
}
