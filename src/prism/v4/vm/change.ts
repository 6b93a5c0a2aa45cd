import { randomUUID } from 'node:crypto';
import type { CallContext } from '../../../provider/index.js';
import { hasCode, OperationError, type ErrorCode, type Probed } from '../../../support/index.js';
import { mayHaveHappened } from '../../http/index.js';
import { inChangeRounds } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { taskError, taskReference } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { getVm, type ReadVm, type V4Vm } from './vm.js';

export interface Change {
  readonly attempted: string;
  /** True when nothing needs to be done (any more). */
  readonly isDone: (vm: V4Vm) => boolean;
  /** What is sent, with the ETag of the VM that was just read. */
  readonly request: (read: ReadVm) => {
    readonly method: 'POST' | 'PUT';
    readonly path: string;
    readonly body?: unknown;
  };
  /** How long to wait for the task, ms; absent = to its end. */
  readonly limitMs?: number | undefined;
  /** The VM was made a moment ago: the server may not know it yet (reference v4 3.3). */
  readonly isFresh?: boolean | undefined;
}

/** `sent`: the request was carried out. `was so`: the VM is as wished without it, or after another client's change. */
export type ChangeEnd = 'sent' | 'was so';

/**
 * Reads the VM, changes it, waits for the task. A change in between (412, or 202 and a task that fails with the same), a
 * task that vanished and an answer that was lost all lead back to reading, with a new request id (reference v4 2.3).
 */
export async function changeVm(
  backend: V4Backend,
  id: string,
  change: Change,
  context: CallContext,
): Promise<ChangeEnd> {
  const { attempted, isDone, isFresh = false } = change;
  return await inChangeRounds<ChangeEnd>(backend, context, async (isLast) => {
    try {
      const read = await getVm(backend, id, attempted, context);
      if (isDone(read.vm)) return ended('was so');
      await sendAndWait(backend, change, read, context);
      return ended('sent');
    } catch (error) {
      if (context.signal.aborted) throw error;
      const problem = OperationError.from(error, attempted);
      if (isWorthAnother(problem, isFresh) && !isLast) {
        context.progress(`${attempted}: ${problem.problem}; reading the VM again`);
        return { ready: false };
      }
      if (!REFUSED.has(problem.code)) throw problem;
      // Whatever is said of the request, the VM may be as wished by now.
      const now = await getVm(backend, id, attempted, context);
      if (isDone(now.vm)) return ended('was so');
      throw problem;
    }
  });
}

const REFUSED = new Set<ErrorCode>(['task-failed', 'invalid-input', 'conflict', 'unavailable']);

function isWorthAnother(problem: OperationError, isFresh: boolean): boolean {
  return (
    hasCode(problem, 'conflict') || mayHaveHappened(problem) || (isFresh && hasCode(problem, 'not-found'))
  );
}

function ended(value: ChangeEnd): Probed<ChangeEnd> {
  return { ready: true, value };
}

/** One request and its task. */
async function sendAndWait(
  backend: V4Backend,
  { attempted, request, limitMs }: Change,
  read: ReadVm,
  context: CallContext,
): Promise<void> {
  const sent = {
    ...request(read),
    namespace: 'vmm',
    answer: taskReference,
    ifMatch: read.etag,
    requestId: randomUUID(),
  } as const;
  const { data } = await backend.api.send(sent, { attempted, signal: context.signal });
  const over = await waitForTask(backend, data.extId, attempted, context, limitMs);
  if (over.end.kind !== 'succeeded' && over.end.kind !== 'unfinished') throw taskError(over, attempted);
}
