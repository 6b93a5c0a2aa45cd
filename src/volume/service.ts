import type { CallContext, ListedVolume, Snapshot } from '../provider/index.js';
import { OperationError } from '../support/index.js';
import { ensureVolume } from './cloud/ensure.js';
import { HolderWords, isAt, targetFrom, type Target } from './cloud/holders.js';
import { purgeVolumes, removeVolume, restoreVolume } from './cloud/removal.js';
import { ensureSnapshot } from './cloud/snapshots.js';
import { summaryFrom, summaryOf } from './cloud/summary.js';
import { giveTo } from './cloud/takeover.js';
import { inWords, volumeSizeOf, VolumeCore } from './core.js';
import { targetHere } from './here/attached.js';
import { disconnectWhenGoingDown } from './here/going-down.js';
import { IdleVolumes } from './here/idle.js';
import { InheritedUsers } from './here/inherited.js';
import { reconcileRecords } from './here/reconcile.js';
import { growOnHost, VolumeStagings } from './here/staging.js';
import { releaseUnused, VolumeUsers } from './here/use.js';
import { checkVolumeName, removalIn } from './identity/names.js';
import { tagIn, withTag } from './identity/tag.js';
import { isInUse } from './records/volume-record.js';
import type { VolumeServiceParts } from './service-parts.js';
import type { TurnContext } from './turns.js';
import type {
  PublishRequest,
  StageRequest,
  VolumeOptions,
  VolumeReference,
  VolumeService,
  VolumeSummary,
  VolumeUse,
} from './volume-service.js';

/** Volumes of a list of which something is asked at the same time. */
const AT_ONCE = 8;

/** The core of volumes on this host. What its predecessor left is put in order in the background. */
export function createVolumeService(parts: VolumeServiceParts): VolumeService {
  return new CoreVolumeService(parts);
}

class CoreVolumeService implements VolumeService {
  readonly #core: VolumeCore;
  readonly #idle: IdleVolumes;
  readonly #inherited: InheritedUsers;
  readonly #users: VolumeUsers;
  readonly #stagings: VolumeStagings;
  readonly #reconciled: Promise<void>;

  constructor(parts: VolumeServiceParts) {
    this.#core = new VolumeCore(parts);
    this.#idle = new IdleVolumes(this.#core);
    this.#users = new VolumeUsers(this.#core, this.#idle);
    this.#stagings = new VolumeStagings(this.#core, this.#idle);
    this.#inherited = new InheritedUsers(this.#core, this.#idle);
    this.#reconciled = reconcileRecords(this.#core, this.#idle, this.#inherited).catch((error: unknown) =>
      parts.logger.warn(OperationError.from(error, 'compare the records with what is mounted').message),
    );
  }

  async ensure(name: string, options: VolumeOptions, context: CallContext): Promise<VolumeSummary> {
    const attempted = `create ${inWords({ name })}`;
    checkVolumeName(name, attempted);
    // The same call again joins the first one; another one of the same name waits for it.
    const operation = `${attempted} ${JSON.stringify(options)}`;
    const work = async (turn: TurnContext): Promise<VolumeSummary> =>
      await ensureVolume(this.#core, name, options, turn);
    return await this.#core.turns.run(`name:${name}`, operation, work, context);
  }

  async find(volume: VolumeReference, context: CallContext): Promise<VolumeSummary | undefined> {
    const found = await this.#core.lookUp(volume, `find ${inWords(volume)}`, context);
    if (found === undefined) return undefined;
    const isOurs = tagIn(found.description) !== undefined && removalIn(found.name) === undefined;
    if (isOurs) await this.#core.remember(found);
    return await summaryOf(this.#core, found, context);
  }

  async list(
    { removed = false }: { readonly removed?: boolean | undefined },
    context: CallContext,
  ): Promise<readonly VolumeSummary[]> {
    const { volumes } = this.#core.parts;
    const imported = new Set((await this.#core.records.all()).map(({ id }) => id));
    const found = (await volumes.list(undefined, context)).filter(
      ({ id, name, description }) =>
        (tagIn(description) !== undefined || imported.has(id)) && (removalIn(name) !== undefined) === removed,
    );
    const words = new HolderWords(this.#core, context);
    const summary = async (volume: ListedVolume): Promise<VolumeSummary> => {
      // Lists do not tell sizes (reference v4 6.1); the tag does, and only where it does not each one is asked.
      const whole = volumeSizeOf(volume) > 0 ? volume : ((await volumes.find(volume.id, context)) ?? volume);
      return await summaryOf(this.#core, whole, context, words);
    };
    const summaries: VolumeSummary[] = [];
    for (let start = 0; start < found.length; start += AT_ONCE) {
      summaries.push(...(await Promise.all(found.slice(start, start + AT_ONCE).map(summary))));
    }
    return summaries;
  }

  async remove(
    volume: VolumeReference,
    how: 'keep' | 'delete' | undefined,
    context: CallContext,
  ): Promise<void> {
    const attempted = `remove ${inWords(volume)}`;
    const found = await this.#core.lookUp(volume, attempted, context);
    const record = await this.#core.records.find(volume);
    if (found === undefined) {
      if (record !== undefined && !isInUse(record)) await this.#core.records.forget(record.id);
      return;
    }
    if (removalIn(found.name) !== undefined) return;
    const { id } = found;
    await this.#core.turns.run(
      id,
      `${attempted} ${how ?? ''}`,
      async (turn) => {
        await this.#giveBackUnused(id, attempted, turn);
        const now = await this.#core.lookUp({ id }, attempted, turn);
        if (now === undefined || removalIn(now.name) !== undefined) {
          await this.#core.records.forget(id);
          return;
        }
        await removeVolume(this.#core, now, how, attempted, turn);
      },
      context,
    );
  }

  async restore(volume: VolumeReference, context: CallContext): Promise<VolumeSummary> {
    return await restoreVolume(this.#core, volume, context);
  }

  async purge(volume: VolumeReference | undefined, context: CallContext): Promise<readonly string[]> {
    return await purgeVolumes(this.#core, volume, context);
  }

  async grow(volume: VolumeReference, sizeBytes: number, context: CallContext): Promise<VolumeSummary> {
    const attempted = `grow ${inWords(volume)}`;
    const { id } = await this.#core.require(volume, attempted, context);
    const work = async (turn: TurnContext): Promise<VolumeSummary> =>
      await this.#grown(id, sizeBytes, attempted, turn);
    return await this.#core.turns.run(id, `${attempted} to ${sizeBytes}`, work, context);
  }

  async createSnapshot(volume: VolumeReference, name: string, context: CallContext): Promise<Snapshot> {
    const attempted = `make snapshot "${name}" of ${inWords(volume)}`;
    const found = await this.#core.require(volume, attempted, context);
    const work = async (turn: TurnContext): Promise<Snapshot> =>
      await ensureSnapshot(this.#core, found, name, attempted, turn);
    return await this.#core.turns.run(`snapshot:${found.id}:${name}`, attempted, work, context);
  }

  async listSnapshots(
    volume: VolumeReference | undefined,
    context: CallContext,
  ): Promise<readonly Snapshot[]> {
    const { volumes } = this.#core.parts;
    if (volume === undefined) return await volumes.listSnapshots(undefined, context);
    const found = await this.#core.lookUp(volume, `list snapshots of ${inWords(volume)}`, context);
    return found === undefined ? [] : await volumes.listSnapshots(found.id, context);
  }

  async deleteSnapshot(snapshotId: string, context: CallContext): Promise<void> {
    await this.#core.parts.volumes.deleteSnapshot(snapshotId, context);
  }

  async attach(volume: VolumeReference, nodeId: string, context: CallContext): Promise<void> {
    const attempted = `attach ${inWords(volume)} to ${nodeId}`;
    const target = targetFrom(nodeId, attempted);
    const { id } = await this.#core.require(volume, attempted, context);
    const work = async (turn: TurnContext): Promise<void> => {
      await giveTo(this.#core, await this.#core.require({ id }, attempted, turn), target, attempted, turn);
    };
    await this.#core.turns.run(id, attempted, work, context);
  }

  async detach(volume: VolumeReference, nodeId: string, context: CallContext): Promise<void> {
    const attempted = `detach ${inWords(volume)} from ${nodeId}`;
    const target = targetFrom(nodeId, attempted);
    const found = await this.#core.lookUp(volume, attempted, context);
    if (found === undefined) return;
    await this.#core.turns.run(
      found.id,
      attempted,
      async (turn) => await this.#detached(found.id, target, attempted, turn),
      context,
    );
  }

  async nodeId(): Promise<string> {
    const target = await targetHere(this.#core, 'tell the node id of this host');
    return target.kind === 'vm' ? `vm/${target.vmId}` : `iqn/${target.iqn}`;
  }

  async mount(volume: VolumeReference, user: string, context: CallContext): Promise<string> {
    return await this.#users.mount(volume, user, context);
  }

  async answered(volume: VolumeReference, user: string, context: CallContext): Promise<void> {
    await this.#users.answered(volume, user, context);
  }

  async unmount(volume: VolumeReference, user: string, context: CallContext): Promise<void> {
    await this.#users.unmount(volume, user, context);
  }

  async known(): Promise<readonly VolumeSummary[]> {
    const [records, mounts] = await Promise.all([this.#core.records.all(), this.#core.parts.node.mounts()]);
    const mounted = new Set(mounts.map(({ target }) => target));
    return records.map((record) => summaryFrom(record, mounted));
  }

  async stage(volume: VolumeReference, request: StageRequest, context: CallContext): Promise<void> {
    await this.#stagings.stage(volume, request, context);
  }

  async unstage(volume: VolumeReference, stagingPath: string, context: CallContext): Promise<void> {
    await this.#stagings.unstage(volume, stagingPath, context);
  }

  async publish(volume: VolumeReference, request: PublishRequest, context: CallContext): Promise<void> {
    await this.#stagings.publish(volume, request, context);
  }

  async unpublish(volume: VolumeReference, targetPath: string, context: CallContext): Promise<void> {
    await this.#stagings.unpublish(volume, targetPath, context);
  }

  async use(volume: VolumeReference, path: string): Promise<VolumeUse> {
    return await this.#stagings.use(volume, path);
  }

  async growHere(volume: VolumeReference, path: string, context: CallContext): Promise<number> {
    return await this.#stagings.growHere(volume, path, context);
  }

  async capacity(context: CallContext): Promise<number | undefined> {
    const { volumes, cluster, policy } = this.#core.parts;
    const { defaults, overrides } = await policy();
    const storageContainer = overrides.storageContainer ?? defaults.storageContainer;
    const placement = await volumes.resolvePlacement({ cluster, storageContainer }, context);
    return await volumes.freeBytes(placement, context);
  }

  async close(): Promise<void> {
    await disconnectWhenGoingDown(this.#core);
    await this.#core.turns.close();
    await this.#inherited.close();
    await this.#core.signs.close();
    await this.#idle.close();
    await this.#reconciled;
  }

  /** What this host has of a volume and nothing uses, which would stand in the way of its removal. */
  async #giveBackUnused(id: string, attempted: string, turn: CallContext): Promise<void> {
    const record = await this.#core.records.get(id);
    if (record?.attachment === undefined || isInUse(record)) return;
    await releaseUnused(this.#core, this.#idle, record, attempted, turn);
  }

  async #grown(id: string, sizeBytes: number, attempted: string, turn: CallContext): Promise<VolumeSummary> {
    const { volumes } = this.#core.parts;
    const volume = await this.#core.require({ id }, attempted, turn);
    const disk = volume.disks[0];
    if (disk === undefined || volume.disks.length > 1) {
      const problem = `the volume group has ${volume.disks.length} disks, and volumes have one`;
      throw new OperationError({ code: 'unsupported', attempted, problem });
    }
    await volumes.grow(id, disk.id, sizeBytes, turn);
    const tag = tagIn(volume.description);
    if (tag !== undefined && tag.wantedBytes !== sizeBytes) {
      const description = withTag(volume.description, { ...tag, wantedBytes: sizeBytes });
      await volumes.rename(id, { name: volume.name, description }, turn);
    }
    const record = await this.#core.records.get(id);
    if (record !== undefined && isInUse(record)) await growOnHost(this.#core, record, attempted, turn);
    const now = await this.#core.require({ id }, attempted, turn);
    await this.#core.remember(now);
    return await summaryOf(this.#core, now, turn);
  }

  async #detached(id: string, target: Target, attempted: string, turn: CallContext): Promise<void> {
    const { volumes } = this.#core.parts;
    const here = await targetHere(this.#core, attempted).catch(() => undefined);
    if (here !== undefined && JSON.stringify(here) === JSON.stringify(target)) {
      const record = await this.#core.records.get(id);
      if (record !== undefined && isInUse(record)) {
        const problem = 'it is in use on this host';
        throw new OperationError({
          code: 'conflict',
          attempted,
          problem,
          advice: 'Stop what uses it first.',
        });
      }
      await this.#giveBackUnused(id, attempted, turn);
    }
    const volume = await volumes.find(id, turn);
    for (const attachment of volume?.attachments ?? []) {
      if (isAt(attachment, target)) await volumes.detach(id, attachment, turn);
    }
  }
}
