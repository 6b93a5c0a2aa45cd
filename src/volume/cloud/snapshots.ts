import type { CallContext, Snapshot, Volume } from '../../provider/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import type { VolumeCore } from '../core.js';
import { idFrom } from '../identity/request-ids.js';

/** So often a snapshot that was deleted and made again within an hour or so is asked for by an id that follows. */
const CHAIN = 8;

/** The snapshot of this name of a volume; made if there is none. */
export async function ensureSnapshot(
  core: VolumeCore,
  volume: Volume,
  name: string,
  attempted: string,
  context: CallContext,
): Promise<Snapshot> {
  const { volumes } = core.parts;
  const there = (await volumes.listSnapshots(volume.id, context)).find((one) => one.name === name);
  if (there !== undefined) return there;
  if (volume.attachments.length > 0) {
    context.progress(`${attempted}: it is in use; what is kept is as after a power cut at this moment`);
  }
  let requestId = idFrom('snapshot', volume.id, name);
  for (let step = 1; step <= CHAIN; step += 1) {
    let passed: string;
    try {
      const id = await volumes.createSnapshot(requestId, volume.id, name, context);
      const made = await volumes.findSnapshot(id, context);
      if (made !== undefined) return made;
      passed = id;
    } catch (error) {
      if (!hasCode(error, 'task-failed') || step === CHAIN) throw error;
      passed = error.taskId ?? String(step);
    }
    requestId = idFrom('snapshot', requestId, passed);
  }
  const problem = 'what was made is not shown';
  throw new OperationError({ code: 'unexpected-response', attempted, problem });
}
