import type { CallContext } from '../../../provider/index.js';
import { hasCode, OperationError, type Probed } from '../../../support/index.js';
import { mayHaveHappened } from '../../http/index.js';
import type { V3Backend } from '../backend.js';
import { entity, type Entity } from '../envelope.js';
import { inChangeRounds, type RawObject } from '../../shared/index.js';
import { taskError } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { accepted, acceptedTask } from '../task/task-of-answer.js';
import { readRawVm, vmPath } from './read.js';
import { updateBody } from './update.js';

export interface Change {
  readonly attempted: string;
  /** True when nothing needs to be done (any more). */
  readonly isDone: (vm: Entity) => boolean;
  /** Fields to set in spec.resources. */
  readonly resources: RawObject;
  /** How long to wait for the task, ms; absent = to its end. */
  readonly limitMs?: number | undefined;
}

/**
 * Reads the VM, changes it, waits for the task. Another client's change in between (409, or 202 and a task that
 * fails with the conflict), a task that vanished and an answer that was lost all lead back to reading.
 */
export async function changeVm(
  backend: V3Backend,
  id: string,
  change: Change,
  context: CallContext,
): Promise<void> {
  const { attempted, resources } = change;
  await inChangeRounds(backend, context, async (isLast) => {
    const raw = await readRawVm(backend, id, attempted, context);
    if (change.isDone(entity.parse(raw))) return DONE;
    const body = updateBody(raw, resources, attempted);
    const problem = await putAndWait(backend, id, change, body, context);
    if (problem === undefined) return DONE;
    if (isLast) throw problem;
    context.progress(`${attempted}: ${problem.problem}; reading the VM again`);
    return { ready: false };
  });
}

const DONE: Probed<void> = { ready: true, value: undefined };

/** One PUT and its task; resolves with the problem when reading the VM again may help. */
async function putAndWait(
  backend: V3Backend,
  id: string,
  { attempted, limitMs }: Change,
  body: RawObject,
  context: CallContext,
): Promise<OperationError | undefined> {
  const { signal } = context;
  try {
    const request = { method: 'PUT', path: vmPath(id), body, answer: accepted } as const;
    const answer = await backend.api.send(request, { attempted, signal });
    const end = await waitForTask(backend, acceptedTask(answer, attempted), attempted, context, limitMs);
    if (end.kind === 'succeeded' || end.kind === 'unfinished') return undefined;
    const problem = taskError(end, attempted);
    if (end.kind === 'vanished') return problem;
    throw problem;
  } catch (error) {
    if (signal.aborted || !(hasCode(error, 'conflict') || mayHaveHappened(error))) throw error;
    return OperationError.from(error, attempted);
  }
}
