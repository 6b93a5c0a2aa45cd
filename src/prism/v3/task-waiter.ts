import type { CallContext } from '../../provider/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import { abortError } from '../http/index.js';
import type { Backend } from './backend.js';
import { capped } from './error-body.js';
import { isTerminal, task as taskSchema, type Task } from './task-schema.js';

/**
 * How a task ended. `vanished`: the server no longer knows it, so only the entity itself can tell. `unfinished`:
 * the caller's patience ended first.
 */
export type TaskEnd =
  | { readonly kind: 'succeeded' | 'vanished' | 'unfinished'; readonly taskId: string }
  | { readonly kind: 'failed'; readonly taskId: string; readonly text: string };

const FIRST_LOOK_MS = 200;
const GROWTH = 1.5;
const SLOWEST_MS = 3_000;
/** What a restart, an upgrade or an overload looks like from here; a gateway's bare 404 is `unsupported`. */
const OUTAGE = ['unreachable', 'unavailable', 'rate-limited', 'unexpected-response', 'unsupported'] as const;
/** A task may be unknown for a moment after it was named; this many 404s in a row are believed. */
const BELIEVED_MISSES = 5;

/**
 * Looks at a task until it has ended. What keeps the server from answering (upgrade, overload, network) is
 * waited out: only `context.signal` ends the wait early, with an error that says what was last seen.
 */
export async function waitForTask(
  backend: Backend,
  taskId: string,
  what: string,
  context: CallContext,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<TaskEnd> {
  const attempted = `wait for task ${taskId} (${what})`;
  const started = backend.clock.now();
  let lastSeen = 'nothing yet';
  let misses = 0;
  for (let interval = FIRST_LOOK_MS; ; interval = Math.min(interval * GROWTH, SLOWEST_MS)) {
    await pause(backend, interval, context, attempted, lastSeen);
    const look = await lookAt(backend, taskId, attempted, context, lastSeen);
    if (look.kind === 'task' && isTerminal(look.task)) return endOf(look.task, taskId);
    misses = look.kind === 'unknown' ? misses + 1 : 0;
    if (misses >= BELIEVED_MISSES) return { kind: 'vanished', taskId };
    const seen = wordsFor(look);
    if (seen !== lastSeen) context.progress(`task ${taskId} (${what}): ${seen}`);
    lastSeen = seen;
    if (backend.clock.now() - started > patienceMs) return { kind: 'unfinished', taskId };
  }
}

type Look =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'no-answer'; readonly problem: string };

async function lookAt(
  { api }: Backend,
  taskId: string,
  attempted: string,
  { signal }: CallContext,
  lastSeen: string,
): Promise<Look> {
  try {
    return { kind: 'task', task: await api.get(`tasks/${taskId}`, taskSchema, { attempted, signal }) };
  } catch (error) {
    if (signal.aborted) throw abortError(signal, attempted, lastSeen);
    if (hasCode(error, 'not-found')) return { kind: 'unknown' };
    if (!hasCode(error, ...OUTAGE)) throw error;
    return { kind: 'no-answer', problem: error.problem };
  }
}

async function pause(
  { clock, random }: Backend,
  interval: number,
  { signal }: CallContext,
  attempted: string,
  lastSeen: string,
): Promise<void> {
  try {
    // Spread by +-10 %, so that many waiters do not ask in step.
    await clock.sleep(interval * (0.9 + 0.2 * random()), signal);
  } catch {
    throw abortError(signal, attempted, lastSeen);
  }
}

function wordsFor(look: Look): string {
  switch (look.kind) {
    case 'unknown':
      return 'not known to the server (yet)';
    case 'no-answer':
      return `no answer (${look.problem})`;
    case 'task': {
      const { status = 'in an unknown state', percentage_complete: percent } = look.task;
      return percent === undefined ? status : `${status} ${percent} %`;
    }
  }
}

function endOf(task: Task, taskId: string): TaskEnd {
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
