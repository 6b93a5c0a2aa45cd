import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import type { Entity } from '../envelope.js';
import { reference } from '../reference.js';
import { candidateFrom, entitiesMeant } from './entities.js';
import { ambiguous, lenient, unusable, type Wanted } from '../../shared/index.js';

const GIB = 2 ** 30;
const imageResources = z.looseObject({
  image_type: lenient(z.string()),
  size_bytes: lenient(z.number()),
  current_cluster_reference_list: lenient(z.array(reference)),
  initial_placement_ref_list: lenient(z.array(reference)),
});

export interface FoundImage {
  readonly image: Reference;
  readonly warnings: readonly string[];
}

/**
 * The image of the system disk. Names are not unique (reference 4.3); images that are being imported or deleted
 * do not count as long as one of the name is complete. Of several that are complete the one on the target
 * cluster is meant; with an unknown cluster (its own look-up failed) the choice does not matter.
 */
export async function findImage(
  backend: V3Backend,
  name: string,
  cluster: Reference | undefined,
  systemDiskGiB: number | undefined,
  context: CallContext,
): Promise<FoundImage> {
  const wanted: Wanted = { kind: 'image', name };
  const found = await entitiesMeant(backend, 'image', wanted, context);
  const complete = found.filter((one) => stateOf(one) === 'COMPLETE');
  const [only, second] = cluster === undefined ? complete.slice(0, 1) : meantOn(cluster, complete);
  if (only === undefined) {
    const states = [...new Set(found.map(stateOf))].join(', ');
    throw unusable(
      wanted,
      `its state is ${states}, not COMPLETE`,
      'Wait until it is imported, or import it anew.',
    );
  }
  if (second !== undefined) {
    throw ambiguous(
      wanted,
      meantOn(cluster, complete).map((one) => candidateFrom(one, name, noteOn(one))),
    );
  }
  const resources = resourcesOf(only);
  checkType(wanted, resources.image_type);
  checkSize(wanted, resources.size_bytes, systemDiskGiB);
  const { id, name: itsName } = candidateFrom(only, name);
  const elsewhere = cluster !== undefined && placed(only).length > 0 && !isOn(cluster, only);
  const warning = `Image "${itsName}" is not on cluster "${cluster?.name ?? ''}" yet: the first VM takes longer, or fails if a placement policy forbids the copy.`;
  return { image: { id, name: itsName }, warnings: elsewhere ? [warning] : [] };
}

/** Those that lie on the cluster; where none does, those that do not say where they lie; else all. */
function meantOn(cluster: Reference | undefined, images: readonly Entity[]): readonly Entity[] {
  const here = images.filter((one) => cluster !== undefined && isOn(cluster, one));
  const anywhere = images.filter((one) => placed(one).length === 0);
  return [here, anywhere, images].find((some) => some.length > 0) ?? [];
}

function isOn(cluster: Reference, image: Entity): boolean {
  return placed(image).some(({ uuid }) => uuid === cluster.id);
}

/** The clusters that an image lies on, or is meant for as long as it lies nowhere; none = it does not say. */
function placed(image: Entity): readonly z.infer<typeof reference>[] {
  const { current_cluster_reference_list: now = [], initial_placement_ref_list: planned = [] } =
    resourcesOf(image);
  return now.length > 0 ? now : planned;
}

function resourcesOf({ status, spec }: Entity): z.infer<typeof imageResources> {
  return imageResources.safeParse(status?.resources ?? spec?.resources).data ?? {};
}

/** What tells images of one name apart: their age, and the clusters they lie on. */
function noteOn(image: Entity): string | undefined {
  const clusters = placed(image).flatMap(({ name, uuid }) => name ?? uuid ?? []);
  const parts = [image.metadata?.creation_time, clusters.length > 0 && `on ${clusters.join(', ')}`];
  const words = parts.filter((part) => typeof part === 'string');
  return words.length === 0 ? undefined : words.join(', ');
}

function stateOf({ status }: Entity): string {
  return status?.state ?? 'unknown';
}

function checkType(wanted: Wanted, type: string | undefined): void {
  if (type === undefined || type === 'DISK_IMAGE') return;
  throw unusable(
    wanted,
    `it is of type ${type}`,
    'Choose a disk image with cloud-init or Ignition (qcow2, raw, vmdk …).',
  );
}

function checkSize(wanted: Wanted, sizeBytes: number | undefined, systemDiskGiB: number | undefined): void {
  if (sizeBytes === undefined || systemDiskGiB === undefined || systemDiskGiB * GIB >= sizeBytes) return;
  const needed = Math.ceil(sizeBytes / GIB);
  const problem = `it is ${needed} GiB and does not fit on a system disk of ${systemDiskGiB} GiB (disks only grow)`;
  throw unusable(wanted, problem, `Ask for ${needed} GiB or more, or leave the size to the image.`);
}
