import { Refusal } from '../../core/refusal.js';
import type { TaskRecord } from '../../core/task-engine.js';

/** What a task of this API fails with: the recorded form of an AppMessage in a task (recorded-v4 C3 to D2). */
export interface TaskFailure {
  /** e.g. `VMM-30604`. */
  readonly code: string;
  /** e.g. `SUBNET_NOT_FOUND_ERROR`. */
  readonly group: string;
  readonly message: string;
  /** Values that the message was made with, all as texts. */
  readonly arguments?: Readonly<Record<string, string>>;
}

/** To be thrown by the work of a task. */
export function taskFailure(failure: TaskFailure): Refusal {
  const { code, group, message, arguments: values = {} } = failure;
  const details = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return new Refusal({ status: 500, reason: code, message, details: { [GROUP]: [group], ...details } });
}

const GROUP = '';

/** Why a task has failed; without a code of this API where it was another interface's. */
export function failureOf(task: TaskRecord): TaskFailure | { readonly message: string } | undefined {
  const { errorCode: code, errorDetail: message, errorArguments: details } = task;
  if (code === undefined || message === undefined) return undefined;
  if (details === undefined || typeof details === 'string') return { message };
  const { [GROUP]: [group] = [], ...values } = details;
  if (group === undefined) return { message };
  const texts = Object.entries(values).map(([name, [value = '']]) => [name, value] as const);
  return { code, group, message, arguments: Object.fromEntries(texts) };
}
