import { Refusal } from '../../core/refusal.js';
import { badArgument, unprocessable } from '../refusal.js';
import type { VmIntentInput } from './bodies.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { World } from '../../core/world.js';
import { mismatch } from '../intent/work.js';
import { requestedBytes } from './devices.js';

/** Refusals that come at once on every version: rules beyond the schema (422) and impossible sizes (400). */
export function checkAtOnce(world: World, input: VmIntentInput): void {
  const { resources } = input.spec;
  resources.nic_list?.forEach((nic, index) => {
    if (nic.ip_endpoint_list?.some(({ type }) => type === 'LEARNED') !== true) return;
    const path = `spec.resources.nic_list.${String(index)}.ip_endpoint_list`;
    throw unprocessable({ [path]: ["IP address with type 'LEARNED' not allowed"] }, 'vm');
  });
  for (const disk of resources.disk_list ?? []) {
    const asked = requestedBytes(disk);
    const actual = world.store.images.get(disk.data_source_reference?.uuid ?? '')?.sizeBytes;
    if (disk.uuid === undefined && asked !== undefined && actual !== undefined && asked < actual) {
      throw badArgument(
        `Requested image size ${String(asked)} is less than actual size ${String(actual)}`,
        'vm',
      );
    }
  }
}

/** The VM, if there is one that the API shows. */
export function existingVm(world: World, uuid: string): VmRecord {
  const vm = world.store.vms.get(uuid);
  if (vm === undefined || isForgotten(world, vm)) throw Refusal.notFound('vm', uuid);
  return vm;
}

/** How long a version before pc.2022.1 shows an entity whose create failed. */
const FAILED_CREATE_SHOWN_MS = 5 * 60_000;

/** The remains of a failed create on an old version are shown for a while and then are gone. */
function isForgotten(world: World, vm: VmRecord): boolean {
  return !vm.made && vm.state === 'ERROR' && world.time.now() - vm.updatedAt > FAILED_CREATE_SHOWN_MS;
}

/**
 * Throws when the request was made from an older state of the VM than the present one. From pc.2022.1 on a VM has
 * an `entity_version`, which stands in for `spec_version`: that one alone refuses nothing. Nutanix's Go client was
 * recorded with `spec_version` 1 where the server had 0, and its PUT was accepted.
 */
export function checkVersion(world: World, vm: VmRecord, input: VmIntentInput): void {
  const { entity_version: entity, spec_version: spec } = input.metadata;
  const [sent, current] = world.version.judgesInTask ? [entity, entityVersionOf(vm)] : [spec, vm.revision];
  if (sent === undefined || sent === current) return;
  throw mismatch(world, 'vm', sent, current);
}

/** A VM is made with version 1, and its spec with 0. */
export function entityVersionOf({ revision }: VmRecord): string {
  return String(revision + 1);
}

/** The cluster a new VM goes to. Throws a Refusal. */
export function targetCluster(world: World, input: VmIntentInput): string {
  const named = input.spec.cluster_reference?.uuid;
  const real = world.store.clusters.toArray().filter(({ service }) => service === 'AOS');
  if (named === undefined) {
    const [only] = real;
    if (only !== undefined && real.length === 1) return only.uuid;
    throw badArgument('cluster_reference is needed where several clusters are registered', 'vm');
  }
  const cluster = world.store.clusters.get(named);
  if (cluster === undefined) throw Refusal.notFound('cluster', named);
  if (cluster.service === 'AOS') return named;
  const message = `cluster ${named} runs no VMs`;
  throw new Refusal({ code: 'runs-no-vms', clusterUuid: named, message });
}
