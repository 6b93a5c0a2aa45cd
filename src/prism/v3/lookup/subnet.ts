import { z } from 'zod';
import type { Entity } from '../envelope.js';
import { candidateFrom } from './entities.js';
import { lenient, maybe, type SubnetCandidate } from '../../shared/index.js';

const subnetResources = z.looseObject({
  subnet_type: maybe.text,
  ip_config: lenient(z.looseObject({ subnet_ip: maybe.text })),
});

/** A subnet as it is compared with others of its name; a VLAN subnet that names no cluster fits any (reference 4.2). */
export function subnetFrom(one: Entity, fallback: string): SubnetCandidate {
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
