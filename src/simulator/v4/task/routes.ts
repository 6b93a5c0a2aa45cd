import type { TaskRecord } from '../../core/task-engine.js';
import { param } from '../../http/route.js';
import { taskUuidOf } from '../message/answer.js';
import { rejection } from '../message/error.js';
import type { V4Call, V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { listTasks, oneTask } from './list.js';

const kind = 'task';

/** Everything under config/tasks of namespace prism: the tasks of every API. */
export function taskRoutes(world: V4World): V4Route[] {
  return [
    {
      method: 'GET',
      path: '/config/tasks/:extId',
      kind,
      handle: (call) => oneTask(world, call, existingTask(world, call)),
    },
    { method: 'GET', path: '/config/tasks', kind, handle: (call) => listTasks(world, call) },
  ];
}

/** 400 for an id without its prefix and for one that is not known (reference v4 2.4); the body is not recorded. */
function existingTask(world: V4World, call: V4Call): TaskRecord {
  const extId = param(call, 'extId');
  const uuid = taskUuidOf(extId);
  const task = uuid === undefined ? undefined : world.tasks.get(uuid);
  if (task !== undefined) return task;
  throw rejection({
    namespace: 'prism',
    status: 400,
    code: 'TASK-10001',
    group: 'INVALID_TASK_ID',
    message: `Failed to perform the operation because of the invalid task identifier '${extId}'.`,
    arguments: { extId },
  });
}
