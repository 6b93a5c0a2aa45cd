import type { Reference } from '../store/records.js';
import { timestamp } from '../time.js';

export type TaskStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** A task as it is kept. Times are ms since 1970. */
export interface TaskRecord {
  readonly uuid: string;
  readonly operation: string;
  readonly entities: Reference[];
  status: TaskStatus;
  /** ms from start to end, for the percentage. */
  readonly duration: number;
  logicalTimestamp: number;
  readonly createdAt: number;
  startedAt?: number | undefined;
  updatedAt: number;
  completedAt?: number | undefined;
  errorCode?: string | undefined;
  errorDetail?: string | undefined;
}

export function isOver(task: TaskRecord): boolean {
  return task.status !== 'QUEUED' && task.status !== 'RUNNING';
}

/** A flat object without envelope. Start and completion fields appear when they have a value. */
export function taskView(task: TaskRecord, pcClusterUuid: string, now: number): unknown {
  return {
    api_version: '3.1',
    uuid: task.uuid,
    status: task.status,
    percentage_complete: percentage(task, now),
    operation_type: task.operation,
    progress_message: task.operation,
    logical_timestamp: task.logicalTimestamp,
    entity_reference_list: task.entities.map(({ kind, uuid }) => ({ kind, uuid })),
    cluster_reference: { kind: 'cluster', uuid: pcClusterUuid },
    subtask_reference_list: [],
    ...moment('creation', task.createdAt),
    ...(task.startedAt === undefined ? {} : moment('start', task.startedAt)),
    last_update_time: timestamp(task.updatedAt),
    ...(task.completedAt === undefined ? {} : moment('completion', task.completedAt)),
    ...(task.errorCode === undefined ? {} : { error_code: task.errorCode }),
    ...(task.errorDetail === undefined ? {} : { error_detail: task.errorDetail }),
  };
}

function moment(name: string, ms: number): Record<string, string | number> {
  return { [`${name}_time`]: timestamp(ms), [`${name}_time_usecs`]: Math.round(ms * 1000) };
}

export function percentage(task: TaskRecord, now: number): number {
  if (isOver(task)) return 100;
  if (task.startedAt === undefined || task.duration === 0) return 0;
  return Math.min(99, Math.floor((100 * (now - task.startedAt)) / task.duration));
}
