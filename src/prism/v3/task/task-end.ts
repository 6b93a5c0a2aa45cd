import { OperationError } from '../../../support/index.js';
import { capped } from '../error-body.js';
import type { Task } from './task.js';

/**
 * How a task ended. `vanished`: the server no longer knows it, so only the entity itself can tell. `unfinished`:
 * the caller's patience ended first.
 */
export type TaskEnd =
  | { readonly kind: 'succeeded' | 'vanished' | 'unfinished'; readonly taskId: string }
  | { readonly kind: 'failed'; readonly taskId: string; readonly text: string };

/** How a task ended that is over. */
export function endOf(task: Task, taskId: string): TaskEnd {
  if (task.status === 'SUCCEEDED') return { kind: 'succeeded', taskId };
  const parts = [task.status ?? '', task.error_code ?? '', capped(task.error_detail ?? '')];
  return { kind: 'failed', taskId, text: parts.filter((part) => part !== '').join(': ') };
}

/** The error of a task that is not known to have succeeded. */
export function taskError(end: TaskEnd, attempted: string): OperationError {
  const { taskId } = end;
  if (end.kind === 'failed') {
    const code = isConflict(end) ? 'conflict' : 'task-failed';
    return new OperationError({ code, attempted, problem: `Prism Central: ${end.text}`, taskId });
  }
  const problem = 'the task vanished before its end was seen';
  return new OperationError({ code: 'task-failed', attempted, problem, taskId });
}

/** A failed task that says the same as a 409: someone else changed the entity meanwhile (reference 2.5). */
export function isConflict(end: TaskEnd): boolean {
  if (end.kind !== 'failed') return false;
  return /CONCURRENT_REQUESTS_NOT_ALLOWED|edit conflict|logical timestamp mismatch/i.test(end.text);
}

/** A failed task that says the same as a 404 (reference 5.9). */
export function isEntityMissing(end: TaskEnd): boolean {
  return end.kind === 'failed' && end.text.includes('ENTITY_NOT_FOUND');
}
