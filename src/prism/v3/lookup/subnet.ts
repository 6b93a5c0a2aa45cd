import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import type { Entity } from '../envelope.js';
import { candidateFrom, entitiesMeant } from './entities.js';
import { ambiguous, lenient, unusable, type Wanted } from '../../shared/index.js';

const subnetResources = z.looseObject({
  subnet_type: lenient(z.string()),
  ip_config: lenient(z.looseObject({ subnet_ip: lenient(z.string()) })),
});

/**
 * A subnet for one NIC. Names repeat across clusters, so a VLAN subnet must be the target cluster's; an overlay
 * subnet, and a VLAN subnet that names no cluster, fit any (reference 4.2). With an unknown cluster (its own
 * look-up failed) only the existence is checked.
 */
export async function findSubnet(
  backend: V3Backend,
  name: string,
  cluster: Reference | undefined,
  staticAddress: string | undefined,
  context: CallContext,
): Promise<Reference> {
  const wanted: Wanted = { kind: 'subnet', name };
  const found = await entitiesMeant(backend, 'subnet', wanted, context);
  const reachable = cluster === undefined ? found : found.filter((one) => fits(one, cluster.id));
  const [only, second] = reachable;
  if (only === undefined) {
    const homes = [...new Set(found.map((one) => clusterWords(one)))].join(', ');
    const problem = `it is not a network of cluster "${cluster?.name ?? ''}"; it belongs to ${homes}`;
    throw unusable(wanted, problem, 'Name a subnet of the target cluster, or an overlay subnet.');
  }
  if (second !== undefined && cluster !== undefined) {
    throw ambiguous(
      wanted,
      reachable.map((one) => candidateFrom(one, name, clusterWords(one))),
    );
  }
  if (staticAddress !== undefined && !isManaged(only)) {
    const problem = `the static address ${staticAddress} needs a subnet whose addresses Prism manages (IPAM)`;
    throw unusable(wanted, problem, 'Choose a managed subnet, or leave the address to the network.');
  }
  const { id, name: itsName } = candidateFrom(only, name);
  return { id, name: itsName };
}

function clusterOf({ status, spec }: Entity): { uuid?: string | undefined; name?: string | undefined } {
  return status?.cluster_reference ?? spec?.cluster_reference ?? {};
}

function resourcesOf({ status, spec }: Entity): z.infer<typeof subnetResources> {
  return subnetResources.safeParse(status?.resources ?? spec?.resources).data ?? {};
}

function fits(one: Entity, clusterId: string): boolean {
  if (resourcesOf(one).subnet_type === 'OVERLAY') return true;
  const { uuid } = clusterOf(one);
  return uuid === undefined || uuid === clusterId;
}

function isManaged(one: Entity): boolean {
  return resourcesOf(one).ip_config?.subnet_ip !== undefined;
}

function clusterWords(one: Entity): string {
  const { name, uuid } = clusterOf(one);
  return name ?? uuid ?? 'no cluster';
}
