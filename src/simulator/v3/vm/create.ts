import { randomUUID } from 'node:crypto';
import type { Answer, Call } from '../../http/route.js';
import type { GuestFault } from '../../core/faults/fault-rule.js';
import { checkOwnership, newEntity } from '../intent/ownership.js';
import type { VmIntentInput } from './bodies.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { V3World } from '../world.js';
import { checkReservedUuid, consumeReservedUuid, uuidInUse } from '../idempotence.js';
import { startWork } from '../intent/work.js';
import { refuseViewer } from '../permissions.js';
import { acceptedIntent } from './views.js';
import { checkAtOnce, targetCluster } from './checks.js';
import { vmOptions } from './spec.js';
import { completeConfig, unmadeVm } from '../../core/vm/config.js';
import { releaseNics } from '../../core/vm/nics.js';
import { checkProject } from '../../core/vm/placement.js';
import { powerOn } from '../../core/vm/power.js';

const OPERATION = 'create_vm_intentful';

/** POST vms. */
export function createVm(world: V3World, call: Call): Answer {
  const input = world.validator.check('vm_intent_input', call.body, 'vm');
  checkAtOnce(world, input);
  const chosen = input.metadata.uuid;
  const existing = chosen === undefined ? undefined : world.store.vms.get(chosen);
  if (existing !== undefined) return repeatedCreate(world, existing, input, call);
  if (!world.version.judgesInTask) judge(world, input, call);
  const vm = newVm(world, input, call);
  world.store.vms.put(vm);
  startCreate(world, vm, input, call);
  return createAnswer(world, vm, input);
}

/** Accepts the work of making `vm`, which is in the store already. Clones come this way too. */
export function startCreate(world: V3World, vm: VmRecord, input: VmIntentInput, call: Call): string {
  const task = startWork(world, call, {
    kind: 'vm',
    operation: OPERATION,
    record: vm,
    onRunning: () => {
      vm.state = 'RUNNING';
    },
    run: async () => {
      judge(world, input, call);
      await makeVm(world, vm, input, call.guestFault);
    },
    onFailure: () => clearAway(world, vm),
  });
  vm.taskUuids = [task];
  vm.createTask = task;
  return task;
}

export function newVm(world: V3World, input: VmIntentInput, call: Call): VmRecord {
  const entity = newEntity(world, input.metadata.uuid ?? randomUUID(), input, call);
  return { ...unmadeVm(entity, input.spec.cluster_reference?.uuid ?? ''), requested: input.spec };
}

/** Refusals that old versions answer at once, and newer ones let the task fail with. */
function judge(world: V3World, input: VmIntentInput, call: Call): void {
  refuseViewer(call);
  if (input.metadata.uuid !== undefined) checkReservedUuid(world, input.metadata.uuid, 'vm');
  checkOwnership(world, input.metadata);
}

async function makeVm(world: V3World, vm: VmRecord, input: VmIntentInput, fault: GuestFault): Promise<void> {
  vm.clusterUuid = targetCluster(world, input);
  const { clusterUuid } = vm;
  const options = vmOptions(input.spec.resources);
  const projectUuid = input.metadata.project_reference?.uuid;
  checkProject(world, { projectUuid, clusterUuid, nics: options.nics });
  const completed = completeConfig(world, options, { vmName: vm.name, clusterUuid });
  vm.config = { ...completed, power: 'OFF' };
  vm.updatedAt = world.time.now();
  vm.made = true;
  consumeReservedUuid(world, vm.uuid);
  vm.state = 'COMPLETE';
  if (completed.power === 'ON') await powerOn(world, vm, fault);
}

/**
 * After a failed create: nothing is left, except before pc.2022.1 (the entity in state ERROR, for a while) and
 * where only the last step failed (a real VM, in state ERROR).
 */
function clearAway(world: V3World, vm: VmRecord): void {
  vm.updatedAt = world.time.now();
  if (vm.made) return;
  releaseNics(world, vm.config.nics);
  if (world.version.judgesInTask) world.store.vms.delete(vm.uuid);
}

function repeatedCreate(world: V3World, vm: VmRecord, input: VmIntentInput, call: Call): Answer {
  if (world.behaviour.repeatedCreate === 'replay') return createAnswer(world, vm, input);
  const problem = uuidInUse(vm.uuid, 'vm');
  if (!world.version.judgesInTask) throw problem;
  const record = { ...vm };
  const run = (): never => {
    throw problem;
  };
  record.createTask = startWork(world, call, { kind: 'vm', operation: OPERATION, record, run });
  return createAnswer(world, record, input);
}

function createAnswer(world: V3World, vm: VmRecord, input: VmIntentInput): Answer {
  return acceptedIntent(world, vm, { spec: input.spec, task: vm.createTask ?? '' });
}
