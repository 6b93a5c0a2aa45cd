import type { CallContext } from '../../provider/index.js';
import {
  abortError,
  backoff,
  hasCode,
  OperationError,
  poll,
  type Clock,
  type Probed,
} from '../../support/index.js';

/** ms; the jitter keeps many waiters from asking in step. */
const PAUSES = { first: 100, growth: 1.5, longest: 3_000 } as const;
const JITTER = 0.1;
/** What a restart, an upgrade or an overload looks like from here; a gateway's bare 404 is `unsupported`. */
const OUTAGE = ['unreachable', 'unavailable', 'rate-limited', 'unexpected-response', 'unsupported'] as const;
/** A task may be unknown for a moment after it was named; this many 404s in a row are believed. */
const BELIEVED_MISSES = 5;

/**
 * How a task ended. `vanished`: the server no longer knows it, so only the entity itself can tell. `unfinished`:
 * the time limit of the caller ended first.
 */
export type TaskEnd =
  | { readonly kind: 'succeeded' | 'vanished' | 'unfinished'; readonly taskId: string }
  | { readonly kind: 'failed'; readonly taskId: string; readonly text: string };

/** The error of a task that is not known to have succeeded. `code`: what a failed one means. */
export function taskErrorOf(
  end: TaskEnd,
  attempted: string,
  code: 'conflict' | 'task-failed',
): OperationError {
  const { taskId } = end;
  if (end.kind === 'failed') {
    return new OperationError({ code, attempted, problem: `Prism Central: ${end.text}`, taskId });
  }
  const problem = 'the task vanished before its end was seen';
  return new OperationError({ code: 'task-failed', attempted, problem, taskId });
}

/** What one request for a task tells: its end, or in a few words how far it is. */
export type TaskState =
  | { readonly end: TaskEnd }
  | {
      readonly end?: undefined;
      readonly words: string;
      /** 0 to 100; the pause before the next request follows from it. undefined = the pauses only grow. */
      readonly percent?: number | undefined;
    };

export interface TaskPolling {
  readonly taskId: string;
  /** The work, e.g. `create VM "web-1"`. */
  readonly what: string;
  /** For error texts: `host:port`. */
  readonly server: string;
  /** One request; `attempted` opens the text of its errors. `not-found` = the server does not know the task. */
  readonly get: (attempted: string) => Promise<TaskState>;
  readonly clock: Clock;
  /** 0 <= n < 1. */
  readonly random: () => number;
  /** How long to wait for the end, ms; absent = as long as it takes. */
  readonly limitMs?: number | undefined;
}

/**
 * Polls a task until it has ended. What keeps the server from answering (upgrade, overload, network) is
 * waited out: only `context.signal` ends the wait early, with an error that says what was seen last.
 */
export async function pollTask(polling: TaskPolling, context: CallContext): Promise<TaskEnd> {
  const { taskId, what, server, clock, random, limitMs: limitMs = Number.POSITIVE_INFINITY } = polling;
  const { signal } = context;
  const attempted = `wait for task ${taskId} (${what})`;
  const interrupted = (lastSeen: string): OperationError => {
    const waitedFor = `task ${taskId} (${what}) of ${server}`;
    return abortError(signal, attempted, {
      waitedFor,
      lastSeen,
      advice: 'Look at the task in Prism Central.',
    });
  };
  const started = clock.now();
  let lastSeen = 'nothing yet';
  let misses = 0;
  const probe = async (): Promise<Probed<TaskEnd>> => {
    const state = await stateOf(polling, attempted, signal).catch((error: unknown) => {
      throw signal.aborted ? interrupted(`${lastSeen}, and no answer to the last question`) : error;
    });
    if (state !== 'unknown' && state.end !== undefined) return found(state.end);
    misses = state === 'unknown' ? misses + 1 : 0;
    if (misses >= BELIEVED_MISSES) return found({ kind: 'vanished', taskId });
    const seen = state === 'unknown' ? 'not known to the server (yet)' : state.words;
    if (seen !== lastSeen) context.progress(`task ${taskId} (${what}): ${seen}`);
    lastSeen = seen;
    const age = clock.now() - started;
    if (age > limitMs) return found({ kind: 'unfinished', taskId });
    return { ready: false, pause: state === 'unknown' ? undefined : pauseFor(state.percent, age) };
  };
  return await poll(probe, {
    clock,
    signal,
    delays: backoff({ ...PAUSES, jitter: { share: JITTER, random } }),
    pauseFirst: true,
    interrupted: () => interrupted(lastSeen),
  });
}

/**
 * Half of the time that a task still needs if it goes on as it did, ms: a long one is asked for rarely, and a short one
 * is not kept waiting for.
 */
function pauseFor(percent: number | undefined, age: number): number | undefined {
  if (percent === undefined || percent <= 0 || percent >= 100) return undefined;
  return Math.min(((age / percent) * (100 - percent)) / 2, PAUSES.longest);
}

async function stateOf(
  { get }: TaskPolling,
  attempted: string,
  signal: AbortSignal,
): Promise<TaskState | 'unknown'> {
  try {
    return await get(attempted);
  } catch (error) {
    if (signal.aborted) throw error;
    if (hasCode(error, 'not-found')) return 'unknown';
    if (hasCode(error, ...OUTAGE)) return { words: `no answer (${error.problem})` };
    throw error;
  }
}

function found(value: TaskEnd): Probed<TaskEnd> {
  return { ready: true, value };
}
