import type { Reference } from '../../core/store/entity.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { TaskRecord } from '../../core/task-engine.js';
import type { Answer } from '../../http/route.js';
import { checkIfMatch } from '../precondition/if-match.js';
import { ordered } from '../task/start.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { existingVm, tagOf } from './existing.js';
import { tagMismatch, vmFailure, vmGone } from './failures.js';

/** A change of a VM that is there, in all its words. */
export interface VmChange {
  /** e.g. `PowerOnVm`. */
  readonly operation: string;
  /** Without namespace, e.g. `PowerOnVmApiResponse`; named after the operation when absent. */
  readonly answerType?: string;
  /** Which path parameter names the VM; `extId` when absent. */
  readonly parameter?: string;
  /** What is concerned besides the VM. */
  entities?(vm: VmRecord): readonly Reference[];
  onRunning?(vm: VmRecord): void;
  run(vm: VmRecord, task: TaskRecord): void | Promise<void>;
  onFailure?(vm: VmRecord): void;
}

/**
 * Accepts a change: the ETag is compared now, and once more when the task begins (reference v4 2.3), since an earlier one
 * may still have to be carried out.
 */
export function changeOfVm(world: V4World, call: V4Call, change: VmChange): Answer {
  const vm = existingVm(world, call, change.parameter);
  const tag = tagOf(world, vm);
  const fault = checkIfMatch(world, call, tag);
  const { operation, answerType = `${operation}ApiResponse` } = change;
  return ordered(world, call, `vmm.v4.ahv.config.${answerType}`, () => ({
    operation,
    entities: [vmEntity(vm), ...(change.entities?.(vm) ?? [])],
    lane: vm.uuid,
    fault: fault ?? call.taskFault,
    onRunning: () => change.onRunning?.(vm),
    run: async (task) => {
      vm.taskUuids = [task.uuid];
      if (!world.store.vms.has(vm.uuid)) throw vmGone(vm.uuid);
      if (tagOf(world, vm) !== tag) throw tagMismatch(vm.uuid);
      try {
        await change.run(vm, task);
      } catch (error) {
        throw vmFailure(error, operation, vm.uuid);
      }
      vm.revision += 1;
      vm.updatedAt = world.time.now();
      task.clusterUuid = vm.clusterUuid;
    },
    onFailure: () => change.onFailure?.(vm),
  }));
}

export function vmEntity({ uuid, name }: VmRecord): Reference {
  return name === '' ? { kind: 'vm', uuid } : { kind: 'vm', uuid, name };
}
