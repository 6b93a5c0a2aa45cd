import type { CallContext, Volume } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { usable, type VolumeCore } from '../core.js';
import { cloudNameOf } from '../identity/names.js';
import { tagIn, withTag } from '../identity/tag.js';
import { volumeBy } from './source.js';

/**
 * Takes a volume group that exists. It is never formatted. Under its own name nothing of it is changed; another name is
 * given to the volume group, too, and a tag says so, because all hosts know a volume by its name.
 */
export async function importVolume(
  core: VolumeCore,
  name: string,
  source: string,
  attempted: string,
  context: CallContext,
): Promise<Volume> {
  const cloudName = cloudNameOf(name);
  const there = await core.lookUp({ name }, attempted, context);
  // The second of several hosts, or a repeated call.
  const volume =
    there !== undefined && [name, cloudName, there.id, tagIn(there.description)?.from].includes(source)
      ? usable(there, attempted)
      : await volumeBy(core, source, attempted, context);
  if (volume.disks.length !== 1) {
    const problem = `volume group "${volume.name}" (${volume.id}) has ${volume.disks.length} disks, and volumes have one`;
    throw new OperationError({ code: 'unsupported', attempted, problem });
  }
  if (volume.name === cloudName) return volume;
  if (there !== undefined) {
    const problem = `another volume group of the name "${cloudName}" exists (${there.id})`;
    throw new OperationError({ code: 'conflict', attempted, problem });
  }
  const before = tagIn(volume.description);
  const tag = { madeAt: core.now(), ...before, name: cloudName === name ? undefined : name, from: source };
  const description = withTag(volume.description, tag);
  await core.parts.volumes.rename(volume.id, { name: cloudName, description }, context);
  return await core.require({ id: volume.id }, attempted, context);
}
