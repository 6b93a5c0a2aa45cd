import { param, type Answer, type Call } from '../../http/route.js';
import type { GuestFault } from '../../core/faults/fault-rule.js';
import { checkOwnership, requestedCategories } from '../intent/ownership.js';
import { Refusal } from '../../core/refusal.js';
import type { VmIntentInput } from './bodies.js';
import type { VmRecord, VmConfig } from '../../core/store/vm-record.js';
import type { V3World } from '../world.js';
import { startWork } from '../intent/work.js';
import { refuseViewer } from '../permissions.js';
import { acceptedIntent } from './views.js';
import { checkAtOnce, checkVersion, existingVm } from './checks.js';
import { vmOptions } from './spec.js';
import { missingFrom } from '../../core/vm/change.js';
import { completeConfig } from '../../core/vm/config.js';
import { checkHotChanges } from '../../core/vm/hot-changes.js';
import { releaseNics } from '../../core/vm/nics.js';
import { awaitShutdown, powerOff, powerOn, requestShutdown } from '../../core/vm/power.js';

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
  const before = vm.config;
  const options = vmOptions(input.spec.resources, before.disks);
  checkHotChanges(vm, options);
  const context = { vmName: vm.name, clusterUuid: vm.clusterUuid, previous: before };
  const after = completeConfig(world, options, context);
  try {
    await switchPower(world, vm, after, fault);
  } catch (error) {
    vm.config = { ...before, power: vm.power };
    releaseNics(world, missingFrom(before, after.nics));
    throw error;
  }
  vm.config = { ...after, power: vm.power };
  releaseNics(world, missingFrom(after, before.nics));
  vm.name = input.spec.name;
  vm.description = input.spec.description;
  vm.categories = requestedCategories(input.metadata);
  vm.usesCategoriesMapping = input.metadata.use_categories_mapping === true;
  vm.projectUuid = input.metadata.project_reference?.uuid ?? vm.projectUuid;
  vm.revision += 1;
  vm.updatedAt = world.time.now();
  vm.state = 'COMPLETE';
  vm.failure = undefined;
}

/** Brings the machine to the asked power state, off in the way the mechanism says. */
async function switchPower(world: V3World, vm: VmRecord, after: VmConfig, fault: GuestFault): Promise<void> {
  if (after.power === vm.power) return;
  if (after.power === 'ON') {
    vm.config = after;
    await powerOn(world, vm, fault);
    return;
  }
  if (after.shutdown.mechanism !== 'ACPI') {
    checkGuestTools(vm, after);
    await powerOff(world, vm);
    return;
  }
  if (!fault.ignoresAcpi) requestShutdown(world, vm);
  await awaitShutdown(world, vm);
}

/** Mechanism GUEST goes through Nutanix Guest Tools, which no guest here has. */
function checkGuestTools({ uuid }: VmRecord, { shutdown }: VmConfig): void {
  if (shutdown.mechanism !== 'GUEST') return;
  const message = 'Nutanix Guest Tools are not enabled on the VM';
  throw new Refusal({ code: 'no-guest-tools', vmUuid: uuid, message });
}
