import type { CallContext } from '../../../provider/index.js';
import { pollTask, type TaskEnd, type TaskState } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { endOf, isTerminal, task, type V3Task } from './task.js';

/**
 * Polls a task of API v3 until it has ended; see `pollTask`. `what`: the work, for progress and errors. `limitMs`:
 * how long to wait; absent = as long as it takes.
 */
export async function waitForTask(
  { api, clock, random }: V3Backend,
  taskId: string,
  what: string,
  context: CallContext,
  limitMs?: number,
): Promise<TaskEnd> {
  const { signal } = context;
  const get = async (attempted: string): Promise<TaskState> => {
    const request = { method: 'GET', path: `tasks/${taskId}`, answer: task } as const;
    const now = await api.send(request, { attempted, signal });
    return isTerminal(now) ? { end: endOf(now, taskId) } : { words: wordsFor(now) };
  };
  return await pollTask({ taskId, what, server: api.server, get, clock, random, limitMs: limitMs }, context);
}

function wordsFor({ status = 'in an unknown state', percentage_complete: percent }: V3Task): string {
  return percent === undefined ? status : `${status} ${percent} %`;
}
