import { randomBytes, randomUUID } from 'node:crypto';
import type { CallContext, NewVolume, Volume, VolumeId } from '../../provider/index.js';
import { backoff, hasCode, OperationError, poll } from '../../support/index.js';
import { ambiguousVolumes, inWords, volumeNameOf, volumeSizeOf, usable, type VolumeCore } from '../core.js';
import { checkVolumeName, cloudNameOf } from '../identity/names.js';
import { idFrom } from '../identity/request-ids.js';
import { tagIn, withTag, type VolumeTag } from '../identity/tag.js';
import { optionsWithin, withoutOverridden } from '../policy.js';
import { sizeText } from '../option-texts.js';
import type { VolumeOptions, VolumeSummary } from '../volume-service.js';
import { importVolume } from './import.js';
import { retire } from './removal.js';
import { sourceOf } from './source.js';
import { summaryOf } from './summary.js';

/** So often a name that was removed and made again within an hour or so is asked for by an id that every host knows. */
const CHAIN = 8;
/** Volumes of one name that several hosts made at once are sorted out by their makers within this time. */
const SETTLING = { first: 250, growth: 1.5, longest: 2000 };
const MOST_LOOKS = 8;

/** The volume of this name; made if there is none. Several hosts may do it at once: they get the same one. */
export async function ensureVolume(
  core: VolumeCore,
  name: string,
  asked: VolumeOptions,
  context: CallContext,
): Promise<VolumeSummary> {
  const attempted = `create ${inWords({ name })}`;
  checkVolumeName(name, attempted);
  const volume =
    asked.import === undefined
      ? await foundOrMade(core, name, withoutOverridden(await core.parts.policy(), asked), attempted, context)
      : await importVolume(core, name, asked.import, attempted, context);
  await core.remember(volume);
  return await summaryOf(core, volume, context);
}

async function foundOrMade(
  core: VolumeCore,
  name: string,
  asked: VolumeOptions,
  attempted: string,
  context: CallContext,
): Promise<Volume> {
  const there = await core.lookUp({ name }, attempted, context);
  if (there !== undefined) return await fitting(core, there, name, asked, attempted, context);
  const maker = randomBytes(8).toString('hex');
  const wanted = await wantedVolume(core, name, asked, maker, attempted, context);
  let id: VolumeId | undefined;
  try {
    id = await makeWith(core, wanted, attempted, context);
  } catch (error) {
    // Another host can have been quicker, and its volume the reason: then that one is it.
    const made = await core.lookUp({ name }, attempted, context);
    if (made === undefined) throw error;
  }
  const chosen = await settled(core, wanted.name, { id, maker }, attempted, context);
  return await fitting(core, chosen, name, asked, attempted, context);
}

interface Wanted extends NewVolume {
  readonly fromSnapshot?: string | undefined;
}

async function wantedVolume(
  core: VolumeCore,
  name: string,
  asked: VolumeOptions,
  maker: string,
  attempted: string,
  context: CallContext,
): Promise<Wanted> {
  const { volumes } = core.parts;
  const policy = await core.parts.policy();
  const options = optionsWithin(policy, asked);
  const { fromSnapshot } = options;
  const source = await sourceOf(core, options, attempted, context);
  const cluster = source?.volume?.clusterId ?? core.parts.cluster;
  const placement = await volumes.resolvePlacement(
    { cluster, storageContainer: options.storageContainer },
    context,
  );
  const before = source?.volume === undefined ? undefined : tagIn(source.volume.description);
  const cloudName = cloudNameOf(name);
  const least = source?.sizeBytes ?? 0;
  if (asked.sizeBytes !== undefined && asked.sizeBytes < least) {
    const problem = `its original has ${sizeText(least)}, and a copy cannot be smaller`;
    throw new OperationError({ code: 'invalid-input', attempted, problem });
  }
  const tag: VolumeTag = {
    name: cloudName === name ? undefined : name,
    // What a copy holds is what its original was formatted with.
    fs: before === undefined ? (options.filesystem ?? 'xfs') : before.fs,
    owner: options.owner,
    mode: options.mode,
    mountOptions: options.mountOptions ?? before?.mountOptions,
    onRemove: options.onRemove,
    madeAt: core.now(),
    maker,
    from: source?.id,
    wantedBytes: Math.max(options.sizeBytes, least),
    used: source === undefined ? undefined : (before?.used ?? 'filesystem'),
  };
  return {
    name: cloudName,
    description: withTag('', tag),
    sizeBytes: Math.max(options.sizeBytes, least),
    placement,
    from: options.from === undefined ? undefined : source?.id,
    fromSnapshot: fromSnapshot === undefined ? undefined : source?.id,
  };
}

/**
 * Makes it by a request id that follows from cluster and name, so that hosts that do it at once make one volume: a
 * repeated id makes no second one. An id whose volume was removed since, or whose request failed for good, is followed by
 * the one that follows from it.
 */
async function makeWith(
  core: VolumeCore,
  wanted: Wanted,
  attempted: string,
  context: CallContext,
): Promise<VolumeId> {
  let requestId = idFrom(
    'create',
    wanted.placement.cluster.id,
    wanted.name,
    wanted.from ?? wanted.fromSnapshot ?? '',
  );
  for (let step = 1; ; step += 1) {
    let passed: string | undefined;
    try {
      const id = await make(core, requestId, wanted, context);
      const made = await core.parts.volumes.find(id, context);
      if (made?.name === wanted.name) return id;
      passed = id;
      context.progress(`${attempted}: an earlier volume of that name is gone; making a new one`);
    } catch (error) {
      if (!hasCode(error, 'task-failed') || step > CHAIN) throw error;
      // A failed request answers with its failure for ever (reference v4 2.2).
      passed = error.taskId ?? String(step);
    }
    requestId = step >= CHAIN ? randomUUID() : idFrom('create', requestId, passed);
  }
}

async function make(
  core: VolumeCore,
  requestId: string,
  wanted: Wanted,
  context: CallContext,
): Promise<VolumeId> {
  const { fromSnapshot, ...volume } = wanted;
  if (fromSnapshot === undefined) return await core.parts.volumes.create(requestId, volume, context);
  return await core.parts.volumes.createFromSnapshot(requestId, fromSnapshot, volume, context);
}

/**
 * The one volume of this name. Hosts with different accounts can make two at once: the one with the lower id stays, and
 * the maker of another one takes that back, if it was never used. What was not made by such a race stays `ambiguous`.
 */
async function settled(
  core: VolumeCore,
  cloudName: string,
  mine: { readonly id: VolumeId | undefined; readonly maker: string },
  attempted: string,
  context: CallContext,
): Promise<Volume> {
  const { volumes, clock } = core.parts;
  return await poll<Volume>(
    async (look) => {
      const found = [...(await volumes.findByName(cloudName, context))].sort((a, b) =>
        a.id < b.id ? -1 : 1,
      );
      const [first, ...others] = found;
      if (first !== undefined && others.length === 0) return { ready: true, value: first };
      if (look === MOST_LOOKS && first !== undefined) throw ambiguousVolumes(found, attempted);
      if (look === MOST_LOOKS) {
        const problem = 'it was made, and is not shown';
        throw new OperationError({ code: 'unexpected-response', attempted, problem });
      }
      const surplus = others.find(
        ({ id, description }) => id === mine.id && tagIn(description)?.maker === mine.maker,
      );
      if (surplus !== undefined) await retire(core, surplus, context);
      return { ready: false };
    },
    { clock, signal: context.signal, delays: backoff(SETTLING) },
  );
}

/** The volume, if it is what was asked for; `conflict` says in what it is not. What its maker did not finish is finished. */
async function fitting(
  core: VolumeCore,
  volume: Volume,
  name: string,
  asked: VolumeOptions,
  attempted: string,
  context: CallContext,
): Promise<Volume> {
  usable(volume, attempted);
  const tag = tagIn(volume.description);
  const refused = (problem: string, advice: string): OperationError =>
    new OperationError({ code: 'conflict', attempted, problem, advice });
  if (tag === undefined) {
    throw refused(
      `volume group "${volume.name}" (${volume.id}) exists and was not made by this program`,
      `To use what it holds: the option import=${volume.id}`,
    );
  }
  if (volumeNameOf(volume, tag) !== name) {
    throw refused(
      `volume group ${volume.id} belongs to volume "${volumeNameOf(volume, tag)}"`,
      'Take another name.',
    );
  }
  const differing = differences(tag, asked);
  if (differing !== undefined)
    throw refused(`it exists, ${differing}`, 'Take another name, or leave the option out.');
  const size = volumeSizeOf(volume);
  const disk = volume.disks[0];
  const complete = tag.wantedBytes ?? size;
  if (size < complete && disk !== undefined) {
    await core.parts.volumes.grow(volume.id, disk.id, complete, context);
  }
  if (asked.sizeBytes !== undefined && asked.sizeBytes > Math.max(size, complete)) {
    throw refused(
      `it exists with ${sizeText(size)}, which is less than the ${sizeText(asked.sizeBytes)} asked for`,
      `To make it larger: nutanix-volume grow ${name} ${sizeText(asked.sizeBytes)}`,
    );
  }
  if (size >= complete) return volume;
  return await core.require({ id: volume.id }, attempted, context);
}

function differences(tag: VolumeTag, asked: VolumeOptions): string | undefined {
  const { filesystem, owner, mode } = asked;
  if (filesystem !== undefined && tag.fs !== undefined && filesystem !== tag.fs) {
    return `made for ${tag.fs}, not for ${filesystem}`;
  }
  const { owner: has } = tag;
  if (owner !== undefined && has !== undefined && (owner.uid !== has.uid || owner.gid !== has.gid)) {
    return `owned by ${has.uid}:${has.gid}, not by ${owner.uid}:${owner.gid}`;
  }
  if (mode !== undefined && tag.mode !== undefined && mode !== tag.mode) {
    return `with mode ${tag.mode.toString(8)}, not ${mode.toString(8)}`;
  }
  return undefined;
}
