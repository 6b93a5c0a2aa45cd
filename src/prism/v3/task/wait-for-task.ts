import type { CallContext } from '../../../provider/index.js';
import {
  abortError,
  backoff,
  hasCode,
  poll,
  type OperationError,
  type Probed,
} from '../../../support/index.js';
import type { Backend } from '../backend.js';
import { endOf, type TaskEnd } from './task-end.js';
import { isTerminal, task as taskSchema, type Task } from './task.js';

/** ms; the jitter keeps many waiters from asking in step. */
const PAUSES = { first: 200, growth: 1.5, longest: 3_000 } as const;
const JITTER = 0.1;
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
  const wait: Wait = { attempted, waitedFor: `task ${taskId} (${what}) of ${backend.api.server}` };
  const { clock, random } = backend;
  const started = clock.now();
  let lastSeen = 'nothing yet';
  let misses = 0;
  const probe = async (): Promise<Probed<TaskEnd>> => {
    const look = await lookAt(backend, taskId, wait, context, lastSeen);
    if (look.kind === 'task' && isTerminal(look.task)) return found(endOf(look.task, taskId));
    misses = look.kind === 'unknown' ? misses + 1 : 0;
    if (misses >= BELIEVED_MISSES) return found({ kind: 'vanished', taskId });
    const seen = wordsFor(look);
    if (seen !== lastSeen) context.progress(`task ${taskId} (${what}): ${seen}`);
    lastSeen = seen;
    if (clock.now() - started > patienceMs) return found({ kind: 'unfinished', taskId });
    return { ready: false };
  };
  return await poll(probe, {
    clock,
    signal: context.signal,
    delays: backoff({ ...PAUSES, jitter: { share: JITTER, random } }),
    pauseFirst: true,
    interrupted: () => ended(wait, context, lastSeen),
  });
}

function found(value: TaskEnd): Probed<TaskEnd> {
  return { ready: true, value };
}

interface Wait {
  readonly attempted: string;
  readonly waitedFor: string;
}

/** The time is over, or the wait was ended from outside. */
function ended({ attempted, waitedFor }: Wait, { signal }: CallContext, lastSeen: string): OperationError {
  return abortError(signal, attempted, { waitedFor, lastSeen, advice: 'Look at the task in Prism Central.' });
}

type Look =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'no-answer'; readonly problem: string };

async function lookAt(
  { api }: Backend,
  taskId: string,
  wait: Wait,
  context: CallContext,
  lastSeen: string,
): Promise<Look> {
  const { attempted } = wait;
  const { signal } = context;
  try {
    return { kind: 'task', task: await api.get(`tasks/${taskId}`, taskSchema, { attempted, signal }) };
  } catch (error) {
    if (signal.aborted) throw ended(wait, context, `${lastSeen}, and no answer to the last question`);
    if (hasCode(error, 'not-found')) return { kind: 'unknown' };
    if (!hasCode(error, ...OUTAGE)) throw error;
    return { kind: 'no-answer', problem: error.problem };
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
