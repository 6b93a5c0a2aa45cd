import { z } from 'zod';
import type {
  CallContext,
  Reference,
  VolumePlacement,
  VolumePlacementRequest,
} from '../../../provider/index.js';
import { asOneError, hasCode, OperationError } from '../../../support/index.js';
import { chooseCluster, chooseStorageContainer, lenient, maybe } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { listClusters, type V4Cluster } from '../lookup/cluster.js';
import { listStorageContainers, type V4StorageContainer } from '../lookup/storage-container.js';

const ATTEMPTED = 'look up where volumes go';
/** Of every iSCSI target. */
const ISCSI_PORT = 3260;

/** Looks up cluster and storage container at the same time. All problems come in one error. */
export async function resolveVolumePlacement(
  { api }: V4Backend,
  request: VolumePlacementRequest,
  context: CallContext,
): Promise<VolumePlacement> {
  const attempt = { attempted: ATTEMPTED, signal: context.signal };
  const clusters = listClusters(api, attempt);
  const containers = listStorageContainers(api, attempt);
  const clusterFound = clusters.then((all) => clusterOf(all, request.cluster));
  const containerFound = Promise.all([containers, clusterFound.catch(() => undefined)]).then(
    async ([all, cluster]) => await containerOf(all, request.storageContainer, cluster, context),
  );
  const ends = await Promise.allSettled([clusterFound, containerFound]);
  const reasons = ends.flatMap((end): unknown[] => (end.status === 'rejected' ? [end.reason] : []));
  const [first, ...others] = reasons.map((one) => OperationError.from(one, ATTEMPTED));
  if (first !== undefined) {
    const isOfConnection = !hasCode(first, 'invalid-input', 'not-found', 'ambiguous', 'permission-denied');
    throw isOfConnection ? first : asOneError(ATTEMPTED, [first, ...others]);
  }
  const [{ id, name, dataServices }, storageContainer] = [await clusterFound, await containerFound];
  if (storageContainer === undefined) throw new Error('a look-up ended without result or problem');
  return {
    cluster: { id, name },
    storageContainer,
    portal: dataServices === undefined ? undefined : portalOf(dataServices),
  };
}

function portalOf(address: string): string {
  return address.includes(':') ? `[${address}]:${ISCSI_PORT}` : `${address}:${ISCSI_PORT}`;
}

/** The named one, or the only one there is. */
function clusterOf(all: readonly V4Cluster[], name: string | undefined): V4Cluster {
  if (name !== undefined) return chooseCluster({ kind: 'cluster', name }, all);
  const usable = all.filter(({ runsVms }) => runsVms);
  return onlyOf(usable, 'cluster');
}

/**
 * The named one, or the one that every cluster is made with, or the only one that is not the cluster's own. undefined =
 * not to be said, because the cluster was not found.
 */
async function containerOf(
  all: readonly V4StorageContainer[],
  name: string | undefined,
  cluster: V4Cluster | undefined,
  context: CallContext,
): Promise<Reference | undefined> {
  if (name !== undefined) {
    return await chooseStorageContainer(async () => await Promise.resolve(all), name, cluster, context);
  }
  if (cluster === undefined) return undefined;
  const usable = all.filter(
    (one) => !one.isInternal && (one.cluster === undefined || one.cluster === cluster.id),
  );
  const byDefault = usable.filter((one) => DEFAULT_NAME.test(one.name));
  const chosen = onlyOf(byDefault.length > 0 ? byDefault : usable, 'storage-container');
  return { id: chosen.id, name: chosen.name };
}

const DEFAULT_NAME = /^default-container/i;

/** Throws when there is none or a choice: then a name is needed. */
function onlyOf<T extends Reference>(candidates: readonly T[], key: 'cluster' | 'storage-container'): T {
  const [only, second] = candidates;
  const kind = key.replace('-', ' ');
  if (only !== undefined && second === undefined) return only;
  const names = candidates.map(({ name }) => `"${name}"`).join(', ');
  throw new OperationError({
    code: only === undefined ? 'not-found' : 'ambiguous',
    attempted: ATTEMPTED,
    concerns: { kind, name: '' },
    problem:
      only === undefined
        ? `this account sees no ${kind} that volumes could lie on`
        : `no ${kind} is named, and there are ${candidates.length}: ${names}`,
    advice: only === undefined ? 'Check its role.' : `Name one of them in the settings (${key}).`,
  });
}

const freeSamples = z.looseObject({
  storageFreeBytes: lenient(z.array(z.looseObject({ value: maybe.number }).catch({}))),
});
/** How far back the newest sample may lie, ms. */
const SAMPLED = 10 * 60_000;

/** The newest sample of the container's free bytes; undefined where the server does not keep or show them. */
export async function freeBytesOf(
  { api, logger }: V4Backend,
  { storageContainer }: VolumePlacement,
  context: CallContext,
): Promise<number | undefined> {
  const attempted = `read the free space of storage container "${storageContainer.name}"`;
  const now = Date.now() - (api.clockLead ?? 0);
  const query = {
    $startTime: new Date(now - SAMPLED).toISOString(),
    $endTime: new Date(now).toISOString(),
    $select: 'storageFreeBytes',
  };
  const path = `/stats/storage-containers/${encodeURIComponent(storageContainer.id)}`;
  try {
    const request = { namespace: 'clustermgmt', method: 'GET', path, query, answer: freeSamples } as const;
    const { data } = await api.send(request, { attempted, signal: context.signal });
    return (data.storageFreeBytes ?? []).findLast(({ value }) => value !== undefined)?.value;
  } catch (error) {
    if (context.signal.aborted || !hasCode(error, ...NOT_SAID)) throw error;
    logger.debug(error.message);
    return undefined;
  }
}

const NOT_SAID = [
  'permission-denied',
  'not-found',
  'unsupported',
  'invalid-input',
  'unexpected-response',
] as const;
