import { randomUUID } from 'node:crypto';
import type { Answer, Call } from '../../http/route.js';
import type { GuestFault } from '../../core/faults/fault-rule.js';
import { checkOwnership, newEntity } from '../intent/ownership.js';
import { Refusal } from '../../core/refusal.js';
import type { VmIntentInput } from './bodies.js';
import type { VmRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { checkReservedUuid, consumeReservedUuid, uuidInUse } from '../idempotence/reservations.js';
import { acceptedIntent } from './accepted-intent.js';
import { checkAtOnce, targetCluster } from './checks.js';
import { completeResources } from './complete-resources.js';
import { releaseNics } from './nics.js';
import { powerOn } from '../../core/vm/power.js';
import { checkProject } from './project-rules.js';

const OPERATION = 'create_vm_intentful';

/** POST vms. */
export function createVm(world: World, call: Call): Answer {
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
export function startCreate(world: World, vm: VmRecord, input: VmIntentInput, call: Call): string {
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
      judge(world, input, call);
      await makeVm(world, vm, input, call.guestFault);
    },
    onFailure: (problem) => clearAway(world, vm, problem),
  });
  vm.taskUuids = [task.uuid];
  vm.createTask = task.uuid;
  return task.uuid;
}

export function newVm(world: World, input: VmIntentInput, call: Call): VmRecord {
  return {
    ...newEntity(world, input.metadata.uuid ?? randomUUID(), input, call),
    entityVersion: 1,
    clusterUuid: input.spec.cluster_reference?.uuid ?? '',
    resources: NOTHING_YET,
    power: 'OFF',
    generationUuid: randomUUID(),
    learned: {},
    made: false,
    deleting: false,
    requested: input.spec,
  };
}

/** Refusals that old versions answer at once, and newer ones let the task fail with. */
function judge(world: World, input: VmIntentInput, call: Call): void {
  if (call.user.role === 'viewer') throw Refusal.accessDenied(call.method, call.path);
  if (input.metadata.uuid !== undefined) checkReservedUuid(world, input.metadata.uuid, 'vm');
  checkOwnership(world, input.metadata);
}

async function makeVm(world: World, vm: VmRecord, input: VmIntentInput, fault: GuestFault): Promise<void> {
  vm.clusterUuid = targetCluster(world, input);
  checkProject(world, input, vm.clusterUuid);
  const completed = completeResources(world, input.spec.resources, {
    vmName: vm.name,
    clusterUuid: vm.clusterUuid,
  });
  vm.resources = { ...completed, power_state: 'OFF' };
  vm.updatedAt = world.time.now();
  vm.made = true;
  consumeReservedUuid(world, vm.uuid);
  vm.state = 'COMPLETE';
  if (completed.power_state === 'ON') await powerOn(world, vm, fault);
}

/**
 * After a failed create: nothing is left, except before pc.2022.1 (the entity in state ERROR, for a while) and
 * where only the last step failed (a real VM, in state ERROR).
 */
function clearAway(world: World, vm: VmRecord, problem: Refusal): void {
  vm.state = 'ERROR';
  vm.messages = [problem.entry];
  vm.updatedAt = world.time.now();
  if (vm.made) return;
  releaseNics(world, vm.resources.nic_list);
  if (world.version.judgesInTask) world.store.vms.delete(vm.uuid);
}

function repeatedCreate(world: World, vm: VmRecord, input: VmIntentInput, call: Call): Answer {
  if (world.behaviour.repeatedCreate === 'replay') return createAnswer(world, vm, input);
  const problem = uuidInUse(vm.uuid, 'vm');
  if (!world.version.judgesInTask) throw problem;
  const task = world.tasks.start({
    operation: OPERATION,
    entities: [{ kind: 'vm', uuid: vm.uuid, name: vm.name }],
    lane: vm.uuid,
    queue: world.latency.queue,
    duration: world.latency.task(OPERATION),
    fault: call.taskFault,
    run: () => {
      throw problem;
    },
  });
  return createAnswer(world, { ...vm, createTask: task.uuid }, input);
}

function createAnswer(world: World, vm: VmRecord, input: VmIntentInput): Answer {
  return acceptedIntent(world, vm, { spec: input.spec, task: vm.createTask ?? '' });
}

const NOTHING_YET = {
  num_sockets: 1,
  num_vcpus_per_socket: 1,
  num_threads_per_core: 1,
  memory_size_mib: 0,
  power_state: 'OFF',
  power_state_mechanism: {},
  machine_type: 'PC',
  disk_list: [],
  nic_list: [],
  gpu_list: [],
} as const;
