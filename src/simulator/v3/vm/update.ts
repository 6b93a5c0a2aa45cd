import { param, type Answer, type Call } from '../../http/route.js';
import type { GuestFault } from '../../core/faults/fault-rule.js';
import { checkOwnership, requestedCategories } from '../intent/ownership.js';
import { Refusal } from '../../core/refusal.js';
import type { VmIntentInput } from './bodies.js';
import type { VmRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { acceptedIntent } from './accepted-intent.js';
import { checkAtOnce, checkVersion, existingVm } from './checks.js';
import { completeResources } from './complete-resources.js';
import { checkHotChanges } from './hot-changes.js';
import { releaseNics } from './nics.js';
import { awaitShutdown, powerOff, powerOn, requestShutdown } from '../../core/vm/power.js';
import type { VmNic, VmResources } from './resources.js';

const OPERATION = 'update_vm_intentful';

/** PUT vms/{uuid}: the whole spec is replaced; a disk or NIC that is left out is removed. */
export function updateVm(world: World, call: Call): Answer {
  const vm = existingVm(world, param(call, 'uuid'));
  const input = world.validator.check('vm_intent_input', call.body, 'vm');
  checkAtOnce(world, input);
  if (!world.version.judgesInTask) judge(world, vm, input, call);
  const task = world.tasks.start({
    operation: OPERATION,
    entities: [{ kind: 'vm', uuid: vm.uuid, name: vm.name }],
    lane: vm.uuid,
    queue: world.latency.queue,
    duration: world.latency.task(OPERATION),
    fault: call.taskFault,
    onRunning: () => {
      vm.state = 'RUNNING';
    },
    run: async () => {
      if (!world.store.vms.has(vm.uuid)) throw Refusal.notFound('vm', vm.uuid);
      judge(world, vm, input, call);
      await apply(world, vm, input, call.guestFault);
    },
    onFailure: (problem) => {
      // The machine is as it was; the intent is what failed.
      vm.state = 'ERROR';
      vm.messages = [problem.entry];
    },
  });
  vm.taskUuids = [task.uuid];
  const mapped = input.metadata.use_categories_mapping === true;
  return acceptedIntent(world, vm, { spec: input.spec, task: task.uuid, mapped });
}

function judge(world: World, vm: VmRecord, input: VmIntentInput, call: Call): void {
  if (call.user.role === 'viewer') throw Refusal.accessDenied(call.method, call.path);
  checkVersion(world, vm, input);
  checkOwnership(world, input.metadata);
}

async function apply(world: World, vm: VmRecord, input: VmIntentInput, fault: GuestFault): Promise<void> {
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
async function switchPower(world: World, vm: VmRecord, after: VmResources, fault: GuestFault): Promise<void> {
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
