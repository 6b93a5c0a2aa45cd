import type { CallContext } from '../../../provider/index.js';
import { pollTask, type TaskState } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { endOf, task, type EndedTask, type V4Task } from './task.js';

/**
 * Polls a task until it has ended; see `pollTask`. `what`: the work, for progress and errors. `limitMs`: how long to
 * wait; absent = as long as it takes.
 */
export async function waitForTask(
  { api, clock, random }: V4Backend,
  taskId: string,
  what: string,
  context: CallContext,
  limitMs?: number,
): Promise<EndedTask> {
  const { signal } = context;
  let seen: V4Task | undefined;
  const get = async (attempted: string): Promise<TaskState> => {
    const request = { namespace: 'prism', method: 'GET', path: taskPath(taskId), answer: task } as const;
    const { data } = await api.send(request, { attempted, signal });
    seen = data;
    const end = endOf(data, taskId);
    return end === undefined ? { words: wordsFor(data), percent: data.progressPercentage } : { end };
  };
  const end = await pollTask({ taskId, what, server: api.server, get, clock, random, limitMs }, context);
  return { end, seen };
}

/** The id goes there with its prefix and as it is: `=` and `:` are not escaped (recorded-v4 A1, reference v4 4.1). */
function taskPath(taskId: string): string {
  const id = encodeURIComponent(taskId).replaceAll('%3D', '=').replaceAll('%3A', ':');
  return `/config/tasks/${id}`;
}

function wordsFor({ status = 'in an unknown state', progressPercentage: percent }: V4Task): string {
  return percent === undefined ? status : `${status} ${percent} %`;
}
