import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { entityName, entityUuid, type Entity } from '../envelope.js';
import { listAll } from '../list.js';
import {
  lenient,
  chooseCluster,
  lookingUp,
  type Attempt,
  type FoundCluster,
  type Wanted,
} from '../../shared/index.js';

const PRISM_CENTRAL = 'PRISM_CENTRAL';
const clusterResources = z.looseObject({
  config: lenient(z.looseObject({ service_list: lenient(z.array(z.string())) })),
});

/**
 * The cluster that VMs go to. One list answers everything: clusters are not paged, and the list also tells a
 * Prism Central, which lists itself under a name that may equal a real cluster's (reference 4.1), from a Prism
 * Element, which does not.
 */
export async function findCluster(
  backend: V3Backend,
  name: string,
  context: CallContext,
): Promise<Reference> {
  const wanted: Wanted = { kind: 'cluster', name };
  const all = await listClusters(backend, { attempted: lookingUp(wanted), signal: context.signal });
  const { id, name: itsName } = chooseCluster(wanted, all);
  return { id, name: itsName };
}

/** All clusters that the account sees, Prism Central itself among them. */
export async function listClusters(backend: V3Backend, attempt: Attempt): Promise<readonly FoundCluster[]> {
  const all = await listAll(backend.api, 'cluster', undefined, attempt);
  refusePrismElement(backend, all, attempt.attempted);
  return all.flatMap((one) => {
    const id = entityUuid(one);
    return id === undefined ? [] : [{ id, name: entityName(one) ?? id, runsVms: isForVms(one) }];
  });
}

function servicesOf({ status }: Entity): readonly string[] {
  const parsed = clusterResources.safeParse(status?.resources);
  return parsed.data?.config?.service_list ?? [];
}

/** A cluster that says nothing of its services is taken for an ordinary one. */
function isForVms(one: Entity): boolean {
  const services = servicesOf(one);
  return services.length === 0 || services.includes('AOS');
}

function refusePrismElement({ api }: V3Backend, all: readonly Entity[], attempted: string): void {
  if (all.length === 0 || api.environment === 'pc') return;
  if (all.some((one) => servicesOf(one).includes(PRISM_CENTRAL))) return;
  throw new OperationError({
    code: 'unsupported',
    attempted: `${attempted} at Prism Central ${api.server}`,
    concerns: { kind: 'Prism Central', name: api.server },
    problem:
      'the endpoint looks like a Prism Element (a single cluster): no Prism Central is in its cluster list',
    advice: 'Give the address of the Prism Central that manages this cluster.',
  });
}
