import type { CallContext } from '../../../provider/index.js';
import { hasCode, OperationError } from '../../../support/index.js';
import { mayHaveHappened } from '../../http/index.js';
import type { Backend } from '../backend.js';
import { entity, type Entity } from '../envelope.js';
import type { RawObject } from '../schema.js';
import { taskError, waitForTask } from '../task-waiter.js';
import { accepted, acceptedTask } from './accepted.js';
import { readRawVm, vmPath } from './read.js';
import { updateBody } from './update.js';

const ROUNDS = 6;
const FIRST_PAUSE_MS = 250;

export interface Change {
  readonly attempted: string;
  /** True when nothing needs to be done (any more). */
  readonly isDone: (vm: Entity) => boolean;
  /** Fields to set in spec.resources. */
  readonly resources: RawObject;
}

/**
 * Reads the VM, changes it, waits for the task. Someone else's change in between (409, or 202 and a task that
 * fails with the conflict), and an answer that was lost, both lead back to reading.
 */
export async function changeVm(
  backend: Backend,
  id: string,
  change: Change,
  context: CallContext,
): Promise<void> {
  const { attempted } = change;
  for (let round = 1, pause = FIRST_PAUSE_MS; ; round += 1, pause *= 2) {
    const raw = await readRawVm(backend, id, attempted, context);
    if (change.isDone(entity.parse(raw))) return;
    try {
      await putAndWait(backend, id, attempted, updateBody(raw, change.resources), context);
      return;
    } catch (error) {
      const failed = OperationError.from(error, attempted);
      const again = hasCode(failed, 'conflict') || mayHaveHappened(failed);
      if (context.signal.aborted || !again || round === ROUNDS) throw failed;
      context.progress(`${attempted}: ${failed.problem}; reading the VM again`);
    }
    await backend.clock.sleep(pause * (0.5 + backend.random()), context.signal);
  }
}

async function putAndWait(
  backend: Backend,
  id: string,
  attempted: string,
  body: RawObject,
  context: CallContext,
): Promise<void> {
  const { signal } = context;
  const answer = await backend.api.change('PUT', vmPath(id), body, accepted, { attempted, signal });
  const end = await waitForTask(backend, acceptedTask(answer, attempted), attempted, context);
  if (end.kind !== 'succeeded') throw taskError(end, attempted);
}
