import { z } from 'zod';
import type { OperationError } from '../../../support/index.js';
import { capped, lenient, maybe, taskErrorOf, type TaskEnd } from '../../shared/index.js';
import { reference } from '../reference.js';

/** A task: a flat object without envelope (reference 4.7). */
export const task = z.looseObject({
  uuid: maybe.text,
  status: maybe.text,
  percentage_complete: maybe.number,
  operation_type: maybe.text,
  entity_reference_list: lenient(z.array(reference)),
  error_code: maybe.text,
  error_detail: maybe.text,
});
export type V3Task = z.infer<typeof task>;

const TERMINAL = new Set(['SUCCEEDED', 'FAILED', 'ABORTED']);

export function isTerminal({ status }: V3Task): boolean {
  return status !== undefined && TERMINAL.has(status);
}

/** How a task ended that is over. */
export function endOf(ended: V3Task, taskId: string): TaskEnd {
  if (ended.status === 'SUCCEEDED') return { kind: 'succeeded', taskId };
  const parts = [ended.status ?? '', ended.error_code ?? '', capped(ended.error_detail ?? '')];
  return { kind: 'failed', taskId, text: parts.filter((part) => part !== '').join(': ') };
}

/** The error of a task that is not known to have succeeded. */
export function taskError(end: TaskEnd, attempted: string): OperationError {
  return taskErrorOf(end, attempted, isConflict(end) ? 'conflict' : 'task-failed');
}

/** A failed task that says the same as a 409: another client changed the entity meanwhile (reference 2.5). */
export function isConflict(end: TaskEnd): boolean {
  if (end.kind !== 'failed') return false;
  return /CONCURRENT_REQUESTS_NOT_ALLOWED|edit conflict|logical timestamp mismatch/i.test(end.text);
}

/** A failed task that says the same as a 404 (reference 5.9). */
export function isEntityMissing(end: TaskEnd): boolean {
  return end.kind === 'failed' && end.text.includes('ENTITY_NOT_FOUND');
}
