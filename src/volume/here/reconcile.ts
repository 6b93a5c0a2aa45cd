import type { MountEntry } from '../../node/index.js';
import type { CallContext } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import type { VolumeCore } from '../core.js';
import { isInUse, type VolumeRecord } from '../records/volume-record.js';
import { targetHere } from './attached.js';
import type { IdleVolumes } from './idle.js';
import type { InheritedUsers } from './inherited.js';
import { withUsers } from './use.js';

/**
 * So long a volume stays attached after a restart of this host, ms: engines start containers that had it, and those want
 * it again.
 */
const AFTER_RESTART = 120_000;

/**
 * Compares the records with the kernel's table of mounts when a process starts: after its predecessor was killed, or the
 * host was. Users whose mount is gone are gone; what nothing uses is given back. Without Prism.
 */
export async function reconcileRecords(
  core: VolumeCore,
  idle: IdleVolumes,
  inherited: InheritedUsers,
): Promise<void> {
  if (core.parts.background === false) return;
  const records = await core.records.all();
  if (records.some(({ attachment }) => attachment?.address?.kind === 'vm')) {
    const target = await targetHere(core, 'give a sign of life');
    if (target.kind === 'vm') void core.signs.begin(target.vmId);
  }
  for (const { id, attachment, mount, ...uses } of records) {
    if (attachment === undefined && mount === undefined && uses.users.length + uses.stagings.length === 0)
      continue;
    const attempted = `compare the record of volume ${id} with what is mounted`;
    try {
      const context = { signal: new AbortController().signal, progress: () => undefined };
      await core.turns.run(
        id,
        attempted,
        async (turn) => await reconcileOne(core, idle, inherited, id, turn),
        context,
      );
    } catch (error) {
      core.parts.logger.warn(OperationError.from(error, attempted).message);
    }
  }
}

async function reconcileOne(
  core: VolumeCore,
  idle: IdleVolumes,
  inherited: InheritedUsers,
  id: string,
  context: CallContext,
): Promise<void> {
  const before = await core.records.get(id);
  if (before === undefined) return;
  const record = withInherited(asMounted(before, await core.parts.node.mounts()), core.now());
  const { attachment } = record;
  if (before.mount !== undefined && record.mount === undefined) {
    // A process that was killed between the unmount and the removal of the folder has left that, empty.
    await core.parts.node.unmount(before.mount.target, context.signal);
  }
  if (isInUse(record)) {
    await core.records.put(record);
    inherited.watch(record);
    return;
  }
  if (attachment === undefined && record.mount === undefined) {
    await core.records.put(record);
    return;
  }
  const idleSince = attachment?.idleSince ?? core.now().toISOString();
  await core.records.put({
    ...record,
    attachment: attachment === undefined ? undefined : { ...attachment, idleSince },
  });
  idle.giveBackLater(id, isInUse(before) ? AFTER_RESTART : 0);
}

/** All users that this process finds are inherited, from now on or since an earlier process found them. */
function withInherited(record: VolumeRecord, now: Date): VolumeRecord {
  const known = [...record.inherited];
  const inherited = record.users.map((user) => {
    const at = known.findIndex((one) => one.user === user);
    const [found] = at < 0 ? [] : known.splice(at, 1);
    return found ?? { user, since: now.toISOString() };
  });
  return { ...record, inherited };
}

/** The record without what the kernel does not know. */
function asMounted(record: VolumeRecord, mounts: readonly MountEntry[]): VolumeRecord {
  const { mount } = record;
  const targets = new Set(mounts.map(({ target }) => target));
  const isMounted = mount !== undefined && targets.has(mount.target);
  const stagings = record.stagings
    .map((staging) => ({
      ...staging,
      targets: staging.targets.filter(({ targetPath }) => targets.has(targetPath)),
    }))
    .filter(({ filesystem, stagingPath, targets: left }) =>
      filesystem === undefined ? left.length > 0 : targets.has(stagingPath) || left.length > 0,
    );
  return {
    ...withUsers(record, isMounted ? record.users : []),
    stagings,
    mount: isMounted || mount?.folder === undefined ? mount : undefined,
  };
}
