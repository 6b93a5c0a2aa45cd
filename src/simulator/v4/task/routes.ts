import type { TaskRecord } from '../../core/task-engine.js';
import { param, type Answer } from '../../http/route.js';
import { entityRoutes, type EntityType } from '../entity-routes.js';
import { selectedEntity } from '../listing/index.js';
import { entityAnswer, taskExtId, taskUuidOf } from '../message/answer.js';
import { found, rejection } from '../message/error.js';
import { typed } from '../message/typed.js';
import type { V4Call, V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { entitiesOf, taskListing } from './list.js';
import { isCancelable } from './view.js';

const TASKS: EntityType<TaskRecord> = {
  kind: 'task',
  path: '/config/tasks',
  model: 'prism.v4.config',
  word: 'Task',
  listing: taskListing,
  records: ({ tasks }) => tasks.all(),
  existing: existingTask,
  shown: (world, task, call) => selectedEntity(world, call, taskListing(world, call), task),
  tag: () => undefined,
  total: 0,
};

/** Everything under config/tasks of namespace prism: the tasks of every API. */
export function taskRoutes(world: V4World): V4Route[] {
  return [
    ...entityRoutes(world, TASKS),
    {
      method: 'GET',
      path: '/config/tasks/:extId/affected-entities',
      since: 2,
      kind: TASKS.kind,
      handle: (call) => entitiesOf(world, call, existingTask(world, call)),
    },
    {
      method: 'POST',
      path: '/config/tasks/:extId/$actions/cancel',
      kind: TASKS.kind,
      handle: (call) => cancel(world, call, existingTask(world, call)),
    },
  ];
}

/** Only of those that say `isCancelable`; neither the answer nor the refusal is recorded. */
function cancel(world: V4World, call: V4Call, task: TaskRecord): Answer {
  if (!isCancelable(task)) {
    throw rejection({
      namespace: 'prism',
      status: 400,
      code: 'TASK-10002',
      group: 'TASK_NOT_CANCELABLE',
      message: `Failed to cancel the task '${taskExtId(task.uuid)}' because it is not cancelable.`,
      arguments: { extId: taskExtId(task.uuid) },
    });
  }
  world.tasks.abort(task.uuid);
  const data = typed(world.served, 'prism.v4.error.AppMessage', {
    message: 'The request to cancel the task was accepted.',
    severity: 'INFO',
  });
  return entityAnswer(world, call, { type: 'prism.v4.config.CancelTaskApiResponse', data });
}

/** 400 for an id without its prefix and for one that is not known (reference v4 2.4); the body is not recorded. */
function existingTask(world: V4World, call: V4Call): TaskRecord {
  const extId = param(call, 'extId');
  const uuid = taskUuidOf(extId);
  return found(uuid === undefined ? undefined : world.tasks.get(uuid), {
    namespace: 'prism',
    status: 400,
    code: 'TASK-10001',
    group: 'INVALID_TASK_ID',
    message: `Failed to perform the operation because of the invalid task identifier '${extId}'.`,
    arguments: { extId },
  });
}
