import { randomUUID } from 'node:crypto';
import { KeyedQueue } from '../../support/index.js';
import { Refusal, type RefusalFacts } from './refusal.js';
import type { Reference } from './store/entity.js';
import { Collection } from './store/store.js';
import type { SimulatedTime } from './time.js';

export type TaskStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** A task as it is kept. Times are ms since 1970. */
export interface TaskRecord {
  readonly uuid: string;
  readonly operation: string;
  /** What it concerns; work adds what it makes. */
  readonly entities: Reference[];
  /** Who asked for it. */
  readonly owner?: TaskOwner | undefined;
  /** Where it was done, known when it was. */
  clusterUuid?: string | undefined;
  /** What the work says of its outcome. */
  readonly outcome: { readonly name: string; readonly value: string | readonly string[] }[];
  status: TaskStatus;
  /** ms from start to end, for the percentage. */
  readonly duration: number;
  logicalTimestamp: number;
  readonly createdAt: number;
  startedAt?: number | undefined;
  updatedAt: number;
  completedAt?: number | undefined;
  /** Why it failed. */
  failure?: RefusalFacts | undefined;
}

export interface TaskOwner {
  readonly uuid: string;
  readonly name: string;
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

/** What a fault rule makes of a task. */
export interface TaskFault {
  readonly outcome: 'failed' | 'aborted' | 'endless';
  /** Whether the work is done all the same, as when only the last step of a create fails. */
  readonly effect: 'none' | 'done';
  readonly failure: RefusalFacts;
}

export interface Work {
  /** `operation_type`, e.g. `create_vm_intentful`. */
  readonly operation: string;
  readonly entities: readonly Reference[];
  readonly owner?: TaskOwner | undefined;
  /** Works with the same lane run one after the other: the UUID of the entity they change. */
  readonly lane: string;
  /** ms from accepted to RUNNING, and from RUNNING to the end. */
  readonly queue: number;
  readonly duration: number;
  readonly uuid?: string | undefined;
  readonly fault?: TaskFault | undefined;
  onRunning?(): void;
  /** The effect. A Refusal fails the task. */
  run(task: TaskRecord): void | Promise<void>;
  onFailure?(problem: Refusal): void;
}

/** Runs accepted work in time, as tasks that can be looked at. */
export class TaskEngine {
  readonly #tasks = new Collection<TaskRecord>((task) => task.uuid);
  readonly #lanes = new KeyedQueue();
  readonly #aborts = new Map<string, AbortController>();
  /** Work of tasks that a fault rule keeps from ending. */
  readonly #endless = new Map<string, Work>();
  readonly #running = new Set<Promise<void>>();
  readonly #time: SimulatedTime;
  readonly #watchers = new Set<() => void>();
  #closed = false;

  constructor(time: SimulatedTime) {
    this.#time = time;
  }

  get(uuid: string): TaskRecord | undefined {
    return this.#tasks.get(uuid);
  }

  all(): Iterable<TaskRecord> {
    return this.#tasks;
  }

  /** Tasks of a server that was here before: they are over. */
  load(tasks: readonly TaskRecord[]): void {
    for (const task of tasks) this.#tasks.put(task);
  }

  start(work: Work): TaskRecord {
    const now = this.#time.now();
    const task: TaskRecord = {
      uuid: work.uuid ?? randomUUID(),
      operation: work.operation,
      entities: [...work.entities],
      owner: work.owner,
      outcome: [],
      status: 'QUEUED',
      duration: work.duration,
      logicalTimestamp: 0,
      createdAt: now,
      updatedAt: now,
    };
    this.#tasks.put(task);
    const abort = new AbortController();
    this.#aborts.set(task.uuid, abort);
    if (this.#closed) abort.abort();
    const done = this.#lanes.run(work.lane, () => this.#perform(task, work, abort.signal));
    this.#running.add(done);
    void done.finally(() => {
      this.#running.delete(done);
      this.#aborts.delete(task.uuid);
    });
    return task;
  }

  /** Stops a task that is not over; its work is not done. False if it was over. */
  abort(uuid: string): boolean {
    const task = this.#tasks.get(uuid);
    if (task === undefined || isOver(task)) return false;
    this.#move(task, 'ABORTED');
    this.#aborts.get(uuid)?.abort();
    const endless = this.#endless.get(uuid);
    this.#endless.delete(uuid);
    endless?.onFailure?.(abortedByClient());
    return true;
  }

  /** Resolves when one of the tasks is over (at once if one is), or when `signal` is aborted. */
  whenOver(tasks: readonly TaskRecord[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#watchers.delete(check);
        resolve();
      };
      const check = (): void => {
        if (tasks.some(isOver) || signal.aborted) end();
      };
      this.#watchers.add(check);
      signal.addEventListener('abort', end, { once: true });
      check();
    });
  }

  /** Stops all work where it is. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const abort of this.#aborts.values()) abort.abort();
    await Promise.allSettled(this.#running);
  }

  async #perform(task: TaskRecord, work: Work, signal: AbortSignal): Promise<void> {
    try {
      await this.#time.sleep(work.queue, signal);
      this.#move(task, 'RUNNING');
      work.onRunning?.();
      await this.#time.sleep(work.duration, signal);
      if (work.fault === undefined || work.fault.effect === 'done') await work.run(task);
      if (work.fault === undefined) this.#move(task, 'SUCCEEDED');
      else this.#applyFault(task, work, work.fault);
    } catch (error) {
      if (!signal.aborted) this.#fail(task, work, Refusal.from(error));
      else if (!this.#closed) work.onFailure?.(abortedByClient());
    }
  }

  #applyFault(task: TaskRecord, work: Work, fault: TaskFault): void {
    // An endless task gives its lane back: a delete after it shall still work.
    if (fault.outcome === 'endless') {
      this.#endless.set(task.uuid, work);
      return;
    }
    const problem = new Refusal(fault.failure);
    if (fault.outcome === 'failed') this.#fail(task, work, problem);
    else {
      this.#move(task, 'ABORTED');
      if (fault.effect === 'none') work.onFailure?.(problem);
    }
  }

  #fail(task: TaskRecord, work: Work, problem: Refusal): void {
    task.failure = problem.facts;
    this.#move(task, 'FAILED');
    work.onFailure?.(problem);
  }

  /** An end is final: work that finishes after an abort changes nothing. */
  #move(task: TaskRecord, status: TaskStatus): void {
    if (isOver(task)) return;
    const now = this.#time.now();
    task.status = status;
    task.updatedAt = now;
    task.logicalTimestamp += 1;
    if (status === 'RUNNING') task.startedAt = now;
    if (isOver(task)) task.completedAt = now;
    for (const check of [...this.#watchers]) check();
  }
}

function abortedByClient(): Refusal {
  return new Refusal({ code: 'aborted', message: 'The task was aborted.' });
}
