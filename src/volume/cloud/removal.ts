import type { CallContext, ListedVolume, Volume } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { ambiguousVolumes, inWords, volumeNameOf, usable, type VolumeCore } from '../core.js';
import { cloudNameOf, removalIn, removedNameOf, removedPrefixOf } from '../identity/names.js';
import { tagIn, withTag } from '../identity/tag.js';
import { isInUse } from '../records/volume-record.js';
import type { VolumeReference, VolumeSummary } from '../volume-service.js';
import { HolderWords } from './holders.js';
import { summaryOf } from './summary.js';

/** Shows removed volumes in Prism's own lists; the name decides. */
const REMOVED_CATEGORY = 'nutanix-volume:removed';

/** Removes a volume that no host has: it is kept for the grace time under another name, or deleted at once. */
export async function removeVolume(
  core: VolumeCore,
  volume: Volume,
  how: 'keep' | 'delete' | undefined,
  attempted: string,
  context: CallContext,
): Promise<void> {
  const policy = await core.parts.policy();
  const tag = tagIn(volume.description);
  await refuseHeld(core, volume, attempted, context);
  const chosen = how ?? policy.overrides.onRemove ?? tag?.onRemove ?? policy.defaults.onRemove ?? 'keep';
  if (chosen === 'delete') await core.parts.volumes.delete(volume.id, context);
  else await keep(core, volume, policy.graceMs, attempted, context);
  await core.records.forget(volume.id);
}

/** Renames it, and back when a host has got it meanwhile (see `giveTo`). */
async function keep(
  core: VolumeCore,
  volume: Volume,
  graceMs: number,
  attempted: string,
  context: CallContext,
): Promise<void> {
  const { volumes, logger } = core.parts;
  const { id, name, description } = volume;
  const removedAt = core.now();
  const keptUntil = new Date(removedAt.getTime() + graceMs);
  const tag = tagIn(description);
  const removed = {
    name: removedNameOf(name, removedAt),
    description: withTag(description, { ...tag, removedAt, keptUntil }),
  };
  await volumes.rename(id, removed, context);
  const now = await volumes.find(id, context);
  if (now === undefined) return;
  if (now.attachments.length > 0) {
    await volumes.rename(id, { name, description }, context);
    await refuseHeld(core, now, attempted, context);
  }
  try {
    await volumes.changeCategories(id, { add: [REMOVED_CATEGORY] }, context);
  } catch (error) {
    logger.warn(OperationError.from(error, `mark ${name} as removed by a category`).message);
  }
}

/** Rolls back a volume that was made by this call and is one too many: only if no host ever used it. */
export async function retire(core: VolumeCore, volume: Volume, context: CallContext): Promise<void> {
  const { volumes } = core.parts;
  const { id, name, description } = volume;
  await volumes.rename(id, { name: removedNameOf(name, core.now()), description }, context);
  const now = await volumes.find(id, context);
  if (now === undefined) return;
  const isUntouched = now.attachments.length === 0 && tagIn(now.description)?.used === undefined;
  if (isUntouched) await volumes.delete(id, context);
  else await volumes.rename(id, { name, description: now.description }, context);
}

/** Gives a removed volume its name back. */
export async function restoreVolume(
  core: VolumeCore,
  reference: VolumeReference,
  context: CallContext,
): Promise<VolumeSummary> {
  const attempted = `restore ${inWords(reference)}`;
  const volume = await removedVolume(core, reference, attempted, context);
  const removal = removalIn(volume.name);
  // What is restored twice was restored.
  const name = removal?.name ?? volume.name;
  if (removal !== undefined) {
    const [there] = await core.parts.volumes.findByName(name, context);
    if (there !== undefined) {
      const problem = `a volume of the name "${volumeNameOf(there)}" exists (${there.id})`;
      const advice = 'Remove that one first.';
      throw new OperationError({ code: 'conflict', attempted, problem, advice });
    }
    const tag = tagIn(volume.description);
    const description =
      tag === undefined
        ? volume.description
        : withTag(volume.description, { ...tag, removedAt: undefined, keptUntil: undefined });
    await core.parts.volumes.rename(volume.id, { name, description }, context);
  }
  await core.parts.volumes
    .changeCategories(volume.id, { remove: [REMOVED_CATEGORY] }, context)
    .catch((error: unknown) =>
      core.parts.logger.warn(OperationError.from(error, `take the category off ${name}`).message),
    );
  const now = usable((await core.parts.volumes.find(volume.id, context)) ?? { ...volume, name }, attempted);
  await core.remember(now);
  return await summaryOf(core, now, context);
}

/** Deletes a removed volume for good; without one, all that this program made and whose grace time is over. */
export async function purgeVolumes(
  core: VolumeCore,
  reference: VolumeReference | undefined,
  context: CallContext,
): Promise<readonly string[]> {
  const { volumes } = core.parts;
  if (reference !== undefined) {
    const attempted = `purge ${inWords(reference)}`;
    const volume = await removedVolume(core, reference, attempted, context);
    if (removalIn(volume.name) === undefined) {
      const problem = 'it is not removed';
      throw new OperationError({ code: 'conflict', attempted, problem, advice: 'Remove it first.' });
    }
    await volumes.delete(volume.id, context);
    return [volume.name];
  }
  const { graceMs } = await core.parts.policy();
  const purged: string[] = [];
  for (const volume of await volumes.list(undefined, context)) {
    const removal = removalIn(volume.name);
    const tag = tagIn(volume.description);
    // A volume group without our tag has such a name by chance, and is not ours to delete.
    if (removal === undefined || tag?.removedAt === undefined || volume.attachments.length > 0) continue;
    const keptUntil = tag.keptUntil ?? new Date(removal.at.getTime() + graceMs);
    if (keptUntil.getTime() > core.now().getTime()) continue;
    await volumes.delete(volume.id, context);
    purged.push(volume.name);
  }
  return purged;
}

/** A removed volume by its id, its name as a removed one, or the name that it had; several of that are `ambiguous`. */
async function removedVolume(
  core: VolumeCore,
  reference: VolumeReference,
  attempted: string,
  context: CallContext,
): Promise<ListedVolume> {
  const { volumes } = core.parts;
  const missing = (): OperationError =>
    new OperationError({ code: 'not-found', attempted, problem: 'there is no such removed volume' });
  if ('id' in reference) {
    const found = await volumes.find(reference.id, context);
    if (found === undefined) throw missing();
    return found;
  }
  const { name } = reference;
  const found =
    removalIn(name) === undefined
      ? (await volumes.list(removedPrefixOf(cloudNameOf(name)), context)).filter(
          (volume) => removalIn(volume.name)?.name === cloudNameOf(name),
        )
      : await volumes.findByName(name, context);
  const [volume, ...others] = found;
  if (volume === undefined) throw missing();
  if (others.length > 0)
    throw ambiguousVolumes(found, attempted).with({ advice: 'Give the id of the one that is meant.' });
  return volume;
}

async function refuseHeld(
  core: VolumeCore,
  volume: Volume,
  attempted: string,
  context: CallContext,
): Promise<void> {
  const record = await core.records.get(volume.id);
  if (record !== undefined && isInUse(record)) {
    const users = record.users.length + record.stagings.reduce((sum, { targets }) => sum + targets.length, 0);
    const problem = `it is in use on this host, ${users} times`;
    throw new OperationError({ code: 'conflict', attempted, problem, advice: 'Stop what uses it first.' });
  }
  if (volume.attachments.length === 0) return;
  throw new OperationError({
    code: 'conflict',
    attempted,
    problem: `it is attached to ${(await new HolderWords(core, context).of(volume)).join(' and ')}`,
    advice: 'Stop what uses it there first; a volume that is attached is never removed.',
  });
}
