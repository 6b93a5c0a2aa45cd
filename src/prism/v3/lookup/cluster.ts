import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { entityName, entityUuid, type Entity } from '../envelope.js';
import { listAll } from '../list.js';
import { lenient, chooseCluster, lookingUp, type Wanted } from '../../shared/index.js';

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
  const attempt = { attempted: lookingUp(wanted), signal: context.signal };
  const all = await listAll(backend.api, 'cluster', undefined, attempt);
  refusePrismElement(backend, all, wanted);
  const { id, name: itsName } = chooseCluster(
    wanted,
    all.map((one) => ({
      id: entityUuid(one) ?? name,
      name: entityName(one) ?? name,
      runsVms: isForVms(one),
    })),
  );
  return { id, name: itsName };
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

function refusePrismElement({ api }: V3Backend, all: readonly Entity[], wanted: Wanted): void {
  if (all.length === 0 || api.environment === 'pc') return;
  if (all.some((one) => servicesOf(one).includes(PRISM_CENTRAL))) return;
  throw new OperationError({
    code: 'unsupported',
    attempted: `${lookingUp(wanted)} at Prism Central ${api.server}`,
    concerns: { kind: 'Prism Central', name: api.server },
    problem:
      'the endpoint looks like a Prism Element (a single cluster): no Prism Central is in its cluster list',
    advice: 'Give the address of the Prism Central that manages this cluster.',
  });
}
