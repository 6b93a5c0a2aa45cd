import type { CallContext } from '../../provider/index.js';
import { abortReason, backoff, deadlineAfter, hasCode, OperationError, poll } from '../../support/index.js';
import type { VolumeCore } from '../core.js';
import type { VolumeRecord } from '../records/volume-record.js';
import { withSecret } from './attached.js';

/** systemd kills a container that does not end after 90 s; the plugin's unit has 180 s to end. ms */
const LIMIT = 120_000;
/** Work that waits for Prism may have the turn of a volume for longer: it ends with the program, within the unit's time. ms */
const TURN_LIMIT = LIMIT + 10_000;
const PAUSES = { first: 200, growth: 1.5, longest: 2000 };

/**
 * When this host goes down: takes from the kernel the disks that come over the network, while there is one. A session that
 * outlives the network makes each reading of its disk wait for 120 s, and with it the shutdown; and what containers still
 * had mounted when the engine's time was over (15 s) could not be written any more. Those that still end are waited for.
 * Records stay as they are: after the start all is as after a power failure. Needs no Prism; never rejects.
 */
export async function disconnectWhenGoingDown(core: VolumeCore): Promise<void> {
  const { node, logger, background } = core.parts;
  if (background === false) return;
  const all = 'disconnect volumes from this host, which is going down';
  const records: readonly VolumeRecord[] = await node
    .isGoingDown()
    .then(async (isGoingDown) => (isGoingDown ? await core.records.all() : []))
    .catch((error: unknown) => {
      logger.warn(OperationError.from(error, all).message);
      return [];
    });
  const connected = records.filter(({ attachment }) => attachment?.address?.kind === 'iscsi');
  const deadline = deadlineAfter(TURN_LIMIT, all);
  const context = { signal: deadline.signal, progress: (): void => undefined };
  await Promise.all(
    connected.map(async ({ id, name }) => {
      const attempted = `disconnect volume "${name}" from this host, which is going down`;
      const work = async (turn: CallContext): Promise<void> => await disconnect(core, id, attempted, turn);
      await core.turns.run(id, attempted, work, context).then(
        () => logger.info(`volume "${name}" is disconnected: this host is going down`),
        (error: unknown) => logger.warn(OperationError.from(error, attempted).message),
      );
    }),
  );
  deadline.clear();
}

async function disconnect(core: VolumeCore, id: string, attempted: string, turn: CallContext): Promise<void> {
  const { node, clock } = core.parts;
  const { attachment, mount, stagings = [] } = (await core.records.get(id)) ?? {};
  if (attachment?.address === undefined) return;
  // Binds of the mount, or of the device: while one is there, the disk is in use.
  const binds = stagings.flatMap(({ stagingPath, targets }) => [
    ...targets.map(({ targetPath }) => targetPath),
    stagingPath,
  ]);
  const places = [...binds, ...(mount === undefined ? [] : [mount.target])];
  const disk = await withSecret(core, attachment.address);
  const deadline = deadlineAfter(LIMIT, attempted, undefined, turn.signal);
  const { signal } = deadline;
  let busy: OperationError | undefined;
  const attempt = async (): Promise<{ ready: true; value: undefined } | { ready: false }> => {
    try {
      for (const place of places) await node.unmount(place, signal);
      await node.releaseDevice(disk, signal);
      return { ready: true, value: undefined };
    } catch (error) {
      if (!hasCode(error, 'conflict')) throw error;
      busy = OperationError.from(error, attempted);
      return { ready: false };
    }
  };
  const delays = backoff(PAUSES);
  try {
    await poll(attempt, { clock, signal, delays, interrupted: () => busy ?? abortReason(signal) });
  } finally {
    deadline.clear();
  }
}
