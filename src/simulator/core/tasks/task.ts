import type { Reference } from '../store/entity.js';

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

/** How far a task is, as far as its time says: 100 only when it is over. */
export function percentage(task: TaskRecord, now: number): number {
  if (isOver(task)) return 100;
  if (task.startedAt === undefined || task.duration === 0) return 0;
  return Math.min(99, Math.floor((100 * (now - task.startedAt)) / task.duration));
}
