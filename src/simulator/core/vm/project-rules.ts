import { Refusal } from '../refusal.js';
import type { LooseReference } from '../store/entity.js';
import type { World } from '../world.js';
import type { VmOptions } from './options.js';

/** Where a new VM shall be. */
interface WantedPlace {
  readonly projectUuid: string | undefined;
  readonly clusterUuid: string;
  readonly nics: VmOptions['nics'];
}

/** A project that lists clusters or subnets takes VMs on these only. Throws a Refusal. */
export function checkProject(world: World, { projectUuid, clusterUuid, nics }: WantedPlace): void {
  const project = world.store.projects.get(projectUuid ?? '');
  if (project === undefined) return;
  if (!allows(project.clusters, clusterUuid)) throw outside(`Cluster ${clusterUuid}`, project.name);
  for (const { subnetUuid = '' } of nics) {
    if (!allows(project.subnets, subnetUuid)) throw outside(`Subnet ${subnetUuid}`, project.name);
  }
}

function allows(list: readonly LooseReference[] | undefined, uuid: string): boolean {
  return list === undefined || list.length === 0 || list.some((reference) => reference.uuid === uuid);
}

function outside(what: string, project: string): Refusal {
  const message = `${what} is not part of project ${project}`;
  return new Refusal({ status: 403, reason: 'ACCESS_DENIED', message, kind: 'vm' });
}
