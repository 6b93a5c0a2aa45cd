import { randomUUID } from 'node:crypto';
import type { CallContext } from '../../provider/index.js';
import { hasCode, OperationError, type Probed } from '../../support/index.js';
import { mayHaveHappened } from '../http/index.js';
import { inChangeRounds } from '../shared/index.js';
import type { V4Request } from './api.js';
import type { V4Backend } from './backend.js';
import { taskError, taskReference } from './task/task.js';
import { waitForTask } from './task/wait-for-task.js';

/** A change of one entity, in terms of what a read of it shows (`R`). */
export interface EntityChange<R> {
  readonly attempted: string;
  /** What is changed, in words: `the VM`. */
  readonly entity: string;
  readonly read: () => Promise<R>;
  /** True when nothing needs to be done (any more). */
  readonly isDone: (read: R) => boolean;
  /** Why it cannot be done as things are; thrown before anything is sent, and instead of a refusal. */
  readonly objection?: ((read: R) => OperationError | undefined) | undefined;
  /** What is sent, with the ETag of what was just read where one is needed. */
  readonly request: (read: R) => Pick<V4Request<typeof taskReference>, 'namespace' | 'path' | 'ifMatch'> & {
    readonly method: 'POST' | 'PUT' | 'DELETE';
    readonly body?: unknown;
  };
  /** How long to wait for the task, ms; absent = to its end. */
  readonly limitMs?: number | undefined;
  /** The entity was made a moment ago: the server may not know it yet (reference v4 3.3). */
  readonly isFresh?: boolean | undefined;
}

/** `sent`: the request was carried out. `was so`: it is as wished without it, or after another client's change. */
export type ChangeEnd = 'sent' | 'was so';

/**
 * Reads the entity, changes it, waits for the task. A change in between (412, or 202 and a task that fails with the
 * same), a task that vanished and an answer that was lost all lead back to reading, with a new request id (reference v4
 * 2.3).
 */
export async function changeEntity<R>(
  backend: V4Backend,
  change: EntityChange<R>,
  context: CallContext,
): Promise<ChangeEnd> {
  const { attempted } = change;
  return await inChangeRounds<ChangeEnd>(backend, context, async (isLast) => {
    const seen = await unlessOvertaken(change, change.read(), isLast, context);
    if (seen === undefined) return { ready: false };
    if (change.isDone(seen.value)) return ended('was so');
    // What the state itself forbids is the end, whatever its code.
    const objection = change.objection?.(seen.value);
    if (objection !== undefined) throw objection;
    try {
      const sending = sendAndWait(backend, change, seen.value, context);
      const sent = await unlessOvertaken(change, sending, isLast, context);
      return sent === undefined ? { ready: false } : ended('sent');
    } catch (error) {
      if (context.signal.aborted || !hasCode(error, ...REFUSED)) throw error;
      // Whatever is said of the request, the entity may be as wished by now.
      const now = await change.read();
      if (change.isDone(now)) return ended('was so');
      const { taskId } = error;
      throw change.objection?.(now)?.with({ taskId, cause: error }) ?? OperationError.from(error, attempted);
    }
  });
}

const REFUSED = ['task-failed', 'invalid-input', 'conflict', 'not-found', 'unavailable'] as const;

/** The result of a step; undefined when its failure leads back to reading. */
async function unlessOvertaken<R, T>(
  { attempted, entity, isFresh = false }: EntityChange<R>,
  step: Promise<T>,
  isLast: boolean,
  context: CallContext,
): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await step };
  } catch (error) {
    if (context.signal.aborted) throw error;
    const problem = OperationError.from(error, attempted);
    const isWorthAnother =
      hasCode(problem, 'conflict') || mayHaveHappened(problem) || (isFresh && hasCode(problem, 'not-found'));
    if (!isWorthAnother || isLast) throw problem;
    context.progress(`${attempted}: ${problem.problem}; reading ${entity} again`);
    return undefined;
  }
}

function ended(value: ChangeEnd): Probed<ChangeEnd> {
  return { ready: true, value };
}

/** One request and its task. */
async function sendAndWait<R>(
  backend: V4Backend,
  { attempted, request, limitMs }: EntityChange<R>,
  read: R,
  context: CallContext,
): Promise<void> {
  const sent = { ...request(read), answer: taskReference, requestId: randomUUID() } as const;
  const { data } = await backend.api.send(sent, { attempted, signal: context.signal });
  const over = await waitForTask(backend, data.extId, attempted, context, limitMs);
  if (over.end.kind !== 'succeeded' && over.end.kind !== 'unfinished') throw taskError(over, attempted);
}
