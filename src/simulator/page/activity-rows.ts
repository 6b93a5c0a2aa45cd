import { isOver, percentage, type TaskRecord } from '../core/task-engine.js';
import type { ApiName } from '../http/api.js';
import type { RequestEntry } from '../http/request-log.js';
import { maskedText } from './workbench/masked-text.js';
import { shortened, shownName, type RequestRow, type TaskRow } from './view-shape.js';

/** Where the APIs are: by name, e.g. `/api/nutanix/v3`. */
export type BasePaths = ReadonlyMap<ApiName, string>;

/** Which tasks and requests are shown; an empty text lets all through. */
export interface ActivityFilter {
  /** Each word has to be in the operation, an entity's name or UUID, the error, or the task's UUID. */
  readonly tasks: string;
  /** `under way`, `succeeded`, `failed`; aborted counts as failed. */
  readonly taskStatus: string;
  /** Each word has to be in the path, the API, a fault that struck, or the user's name. */
  readonly requests: string;
  /** e.g. `POST`. */
  readonly method: string;
  /** `2xx` to `5xx`, one status, `under way`, `broken`, or `fault`: a fault rule struck. */
  readonly status: string;
}

export function chosenTasks(
  tasks: readonly TaskRecord[],
  filter: Pick<ActivityFilter, 'tasks' | 'taskStatus'>,
): readonly TaskRecord[] {
  const words = wordsIn(filter.tasks);
  if (words.length === 0 && filter.taskStatus === '') return tasks;
  return tasks.filter((task) => {
    if (filter.taskStatus !== '' && taskOutcome(task) !== filter.taskStatus) return false;
    const entities = task.entities.flatMap(({ name = '', uuid }) => [name, uuid]);
    return hasWords([task.operation, task.uuid, task.failure?.message ?? '', ...entities], words);
  });
}

export function chosenRequests(
  requests: readonly RequestEntry[],
  filter: Pick<ActivityFilter, 'requests' | 'method' | 'status'>,
): readonly RequestEntry[] {
  const words = wordsIn(filter.requests);
  const method = filter.method.toUpperCase();
  if (words.length === 0 && method === '' && filter.status === '') return requests;
  return requests.filter((entry) => {
    if (method !== '' && entry.method !== method) return false;
    if (filter.status !== '' && !hasStatus(entry, filter.status)) return false;
    return hasWords([entry.path, entry.api ?? '', entry.username ?? '', ...entry.faults], words);
  });
}

export function wordsIn(filter: string): string[] {
  return filter.toLowerCase().split(/\s+/).filter(Boolean);
}

export function hasWords(texts: readonly string[], words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = texts.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function taskOutcome(task: TaskRecord): string {
  if (!isOver(task)) return 'under way';
  return task.status === 'SUCCEEDED' ? 'succeeded' : 'failed';
}

function hasStatus({ status, faults }: RequestEntry, wanted: string): boolean {
  if (wanted === 'fault') return faults.length > 0;
  if (status === undefined) return wanted === 'under way';
  if (status === 0) return wanted === 'broken';
  return wanted === String(status) || wanted === `${String(Math.floor(status / 100))}xx`;
}

export function taskRow(task: TaskRecord, now: number): TaskRow {
  const [entity] = task.entities;
  return {
    uuid: task.uuid,
    operation: task.operation,
    status: task.status,
    percentage: percentage(task, now),
    entity: entity === undefined ? '' : shownName(entity.name ?? '', entity.uuid),
    error: task.failure === undefined ? undefined : shortened(task.failure.message),
    createdAt: task.createdAt,
  };
}

export function requestRow(entry: RequestEntry, basePaths: BasePaths): RequestRow {
  const { number, at, method, path, api, status, ms, faults } = entry;
  const base = api === undefined ? '' : (basePaths.get(api) ?? '');
  const below = path.slice(base.length);
  return { number, at, method, api, path: shortened(maskedText(below)), status, ms, faults: [...faults] };
}
