import { param, type Answer, type Call } from '../../http/route.js';
import type { GuestFault } from '../../core/faults/fault-rule.js';
import { checkOwnership, requestedCategories } from '../intent/ownership.js';
import { Refusal } from '../../core/refusal.js';
import type { VmIntentInput } from './bodies.js';
import type { VmRecord } from '../../core/store/records.js';
import type { V3World } from '../world.js';
import { startWork } from '../intent/work.js';
import { refuseViewer } from '../permissions.js';
import { acceptedIntent } from './accepted-intent.js';
import { checkAtOnce, checkVersion, existingVm } from './checks.js';
import { completeResources } from './complete-resources.js';
import { checkHotChanges } from './hot-changes.js';
import { releaseNics } from './nics.js';
import { awaitShutdown, powerOff, powerOn, requestShutdown } from '../../core/vm/power.js';
import type { VmNic, VmResources } from './resources.js';

/** PUT vms/{uuid}: the whole spec is replaced; a disk or NIC that is left out is removed. */
export function updateVm(world: V3World, call: Call): Answer {
  const vm = existingVm(world, param(call, 'uuid'));
  const input = world.validator.check('vm_intent_input', call.body, 'vm');
  checkAtOnce(world, input);
  if (!world.version.judgesInTask) judge(world, vm, input, call);
  // When it fails, the machine is as it was; the intent is what failed.
  const task = startWork(world, call, {
    kind: 'vm',
    operation: 'update_vm_intentful',
    record: vm,
    onRunning: () => {
      vm.state = 'RUNNING';
    },
    run: async () => {
      if (!world.store.vms.has(vm.uuid)) throw Refusal.notFound('vm', vm.uuid);
      judge(world, vm, input, call);
      await apply(world, vm, input, call.guestFault);
    },
  });
  vm.taskUuids = [task];
  const mapped = input.metadata.use_categories_mapping === true;
  return acceptedIntent(world, vm, { spec: input.spec, task, mapped });
}

function judge(world: V3World, vm: VmRecord, input: VmIntentInput, call: Call): void {
  refuseViewer(call);
  checkVersion(world, vm, input);
  checkOwnership(world, input.metadata);
}

async function apply(world: V3World, vm: VmRecord, input: VmIntentInput, fault: GuestFault): Promise<void> {
  const before = vm.resources;
  checkHotChanges(vm, input.spec.resources);
  const context = { vmName: vm.name, clusterUuid: vm.clusterUuid, previous: before };
  const after = completeResources(world, input.spec.resources, context);
  try {
    await switchPower(world, vm, after, fault);
  } catch (error) {
    vm.resources = { ...before, power_state: vm.power };
    releaseNics(world, missingFrom(before, after.nic_list));
    throw error;
  }
  vm.resources = { ...after, power_state: vm.power };
  releaseNics(world, missingFrom(after, before.nic_list));
  vm.name = input.spec.name;
  vm.description = input.spec.description;
  vm.categories = requestedCategories(input.metadata);
  vm.usesCategoriesMapping = input.metadata.use_categories_mapping === true;
  vm.projectUuid = input.metadata.project_reference?.uuid ?? vm.projectUuid;
  vm.entityVersion += 1;
  vm.specVersion += 1;
  vm.updatedAt = world.time.now();
  vm.state = 'COMPLETE';
  vm.messages = [];
}

function missingFrom(resources: VmResources, nics: readonly VmNic[]): VmNic[] {
  const present = new Set(resources.nic_list.map((nic) => nic.uuid));
  return nics.filter((nic) => !present.has(nic.uuid));
}

/** Brings the machine to the asked power state, off in the way the mechanism says. */
async function switchPower(
  world: V3World,
  vm: VmRecord,
  after: VmResources,
  fault: GuestFault,
): Promise<void> {
  if (after.power_state === vm.power) return;
  if (after.power_state === 'ON') {
    vm.resources = after;
    await powerOn(world, vm, fault);
    return;
  }
  if (after.power_state_mechanism.mechanism !== 'ACPI') {
    checkGuestTools(after);
    await powerOff(world, vm);
    return;
  }
  if (!fault.ignoresAcpi) requestShutdown(world, vm);
  await awaitShutdown(world, vm);
}

/** Mechanism GUEST goes through Nutanix Guest Tools, which no guest here has. */
function checkGuestTools(resources: VmResources): void {
  if (resources.power_state_mechanism.mechanism !== 'GUEST') return;
  const message = 'Nutanix Guest Tools are not enabled on the VM';
  throw new Refusal({ status: 500, reason: 'INTERNAL_ERROR', message });
}
