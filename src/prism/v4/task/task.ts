import { z } from 'zod';
import type { OperationError } from '../../../support/index.js';
import {
  appError,
  capped,
  fromErrors,
  lenient,
  maybe,
  taskErrorOf,
  type TaskEnd,
} from '../../shared/index.js';

const affected = z.looseObject({
  extId: maybe.text,
  rel: maybe.text,
  name: maybe.text,
});
const detail = z.looseObject({ name: maybe.text, value: z.unknown().optional() });

/** A task, as GET and lists show it (recorded-v4 A1, C3). */
export const task = z.looseObject({
  extId: maybe.text,
  status: maybe.text,
  progressPercentage: maybe.number,
  operation: maybe.text,
  entitiesAffected: lenient(z.array(affected.catch({}))),
  completionDetails: lenient(z.array(detail.catch({}))),
  errorMessages: lenient(z.array(appError.catch({}))),
  legacyErrorMessage: maybe.text,
});
export type V4Task = z.infer<typeof task>;

/** The answer to everything that is accepted: the task that does it (recorded-v4 A1). */
export const taskReference = z.looseObject({ extId: z.string().min(1) });

/**
 * How a task ended; undefined = it goes on. Only the status tells: a failed one has 100 % and no `hasError`
 * (recorded-v4 C3), and a status that is not known may be one of work under way (reference v4 4.2).
 */
export function endOf(seen: V4Task, taskId: string): TaskEnd | undefined {
  switch (seen.status) {
    case 'SUCCEEDED':
      return { kind: 'succeeded', taskId };
    case 'FAILED':
    case 'CANCELED':
      return { kind: 'failed', taskId, text: failureOf(seen) };
    default:
      return undefined;
  }
}

function failureOf({ status = '', errorMessages = [], legacyErrorMessage = '' }: V4Task): string {
  const { text } = fromErrors(errorMessages);
  const words = text === '' ? capped(legacyErrorMessage) : text;
  return words === '' ? status : `${status}: ${words}`;
}

/** The error of a task that is not known to have succeeded. */
export function taskError({ end, seen }: EndedTask, attempted: string): OperationError {
  return taskErrorOf(end, attempted, meaningOf(seen));
}

/** A task that is over, and what was seen of it last; undefined = it was never seen. */
export interface EndedTask {
  readonly end: TaskEnd;
  readonly seen: V4Task | undefined;
}

function meaningOf(seen: V4Task | undefined): 'conflict' | 'task-failed' {
  return fromErrors(seen?.errorMessages ?? []).meaning?.code === 'conflict' ? 'conflict' : 'task-failed';
}

/** A failed task that says the same as a 412: the VM was changed after it was read (reference v4 2.3). */
export function isConflict({ end, seen }: EndedTask): boolean {
  return end.kind === 'failed' && meaningOf(seen) === 'conflict';
}

/** What a VM is to a task (recorded-v4 A1). */
export const VM_RELATION = 'vmm:ahv:config:vm';

/**
 * The VMs that a task is about, each once, the one that it makes first. A failed create names one too, though there is
 * none (recorded-v4 C3), so an id from here is a candidate and no proof.
 */
export function vmIdsIn({ entitiesAffected = [], completionDetails = [] }: V4Task): readonly string[] {
  const affectedIds = entitiesAffected.flatMap(({ extId, rel }) =>
    rel === VM_RELATION && extId !== undefined ? [extId] : [],
  );
  const told = completionDetails.flatMap(({ name, value }): unknown[] =>
    name === 'VM external ID' ? [value].flat() : [],
  );
  const ids = [...affectedIds, ...told.filter((one) => typeof one === 'string')];
  return [...new Set(ids)];
}
