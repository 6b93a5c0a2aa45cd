import { Refusal } from '../../core/refusal.js';
import type { StrictReference } from '../schema/entity-bodies.js';
import type { VmIntentInput } from './bodies.js';
import type { World } from '../../core/world.js';

/** A project that lists clusters or subnets takes VMs on these only. Throws a Refusal. */
export function checkProject(world: World, input: VmIntentInput, clusterUuid: string): void {
  const project = world.store.projects.get(input.metadata.project_reference?.uuid ?? '');
  if (project === undefined) return;
  const { cluster_reference_list: clusters, subnet_reference_list: subnets } = project.resources;
  if (!allows(clusters, clusterUuid)) throw outside(`Cluster ${clusterUuid}`, project.name);
  for (const { subnet_reference: subnet } of input.spec.resources.nic_list ?? []) {
    const uuid = subnet?.uuid ?? '';
    if (!allows(subnets, uuid)) throw outside(`Subnet ${uuid}`, project.name);
  }
}

function allows(list: readonly StrictReference[] | undefined, uuid: string): boolean {
  return list === undefined || list.length === 0 || list.some((reference) => reference.uuid === uuid);
}

function outside(what: string, project: string): Refusal {
  const message = `${what} is not part of project ${project}`;
  return new Refusal({ status: 403, reason: 'ACCESS_DENIED', message, kind: 'vm' });
}
