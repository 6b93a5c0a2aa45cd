import type { Reference } from '../../core/store/entity.js';
import type { TaskFault, TaskRecord } from '../../core/task-engine.js';
import type { Answer } from '../../http/route.js';
import { taskAnswer } from '../message/answer.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';

/** What a request asks for, as the work of a task. */
export interface TaskOrder {
  /** e.g. `CreateVm`. */
  readonly operation: string;
  readonly entities: readonly Reference[];
  /** Orders with the same lane run one after the other: the id of the entity that they change. */
  readonly lane: string;
  /** What becomes of the task whatever its work does. */
  readonly fault?: TaskFault | undefined;
  onRunning?(): void;
  run(task: TaskRecord): void | Promise<void>;
  onFailure?(): void;
}

/**
 * 202 with the task. `answerType`: of the whole answer, e.g. `vmm.v4.ahv.config.CreateVmApiResponse`. `order` is made when the request id is a new one only; otherwise the answer is the first
 * request's task, whatever has become of it (recorded-v4 A1, C5).
 */
export function ordered(world: V4World, call: V4Call, answerType: string, order: () => TaskOrder): Answer {
  const uuid = world.requestIds.once(call, (taskUuid) => startOrder(world, call, order(), taskUuid));
  return taskAnswer(world, answerType, uuid);
}

function startOrder(world: V4World, call: V4Call, order: TaskOrder, uuid: string): TaskRecord {
  const { operation, entities, lane, fault = call.taskFault } = order;
  return world.tasks.start({
    operation,
    uuid,
    entities,
    owner: { uuid: call.user.uuid, name: call.user.username },
    lane,
    queue: world.latency.queue,
    duration: world.latency.task(operation),
    fault,
    onRunning: () => order.onRunning?.(),
    run: (task) => order.run(task),
    onFailure: () => order.onFailure?.(),
  });
}
