import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import type { Entity } from '../envelope.js';
import { candidateFrom, entitiesMeant } from './entities.js';
import { lenient, chooseSubnet, type SubnetCandidate, type Wanted } from '../../shared/index.js';

const subnetResources = z.looseObject({
  subnet_type: lenient(z.string()),
  ip_config: lenient(z.looseObject({ subnet_ip: lenient(z.string()) })),
});

/** A subnet for one NIC; a VLAN subnet that names no cluster fits any (reference 4.2). */
export async function findSubnet(
  backend: V3Backend,
  name: string,
  cluster: Reference | undefined,
  staticAddress: string | undefined,
  context: CallContext,
): Promise<Reference> {
  const wanted: Wanted = { kind: 'subnet', name };
  const found = await entitiesMeant(backend, 'subnet', wanted, context);
  return chooseSubnet(
    wanted,
    found.map((one) => subnetFrom(one, name)),
    cluster,
    staticAddress,
  );
}

function subnetFrom(one: Entity, fallback: string): SubnetCandidate {
  const { status, spec } = one;
  const resources = subnetResources.safeParse(status?.resources ?? spec?.resources).data ?? {};
  const cluster = status?.cluster_reference ?? spec?.cluster_reference;
  return {
    ...candidateFrom(one, fallback),
    isOverlay: resources.subnet_type === 'OVERLAY',
    clusters: cluster === undefined ? [] : [{ id: cluster.uuid, name: cluster.name }],
    isManaged: resources.ip_config?.subnet_ip !== undefined,
  };
}
