import type { Reference } from '../../../provider/index.js';
import { ambiguous, unusable, type Wanted } from './selection-errors.js';

const GIB = 2 ** 30;

/** An image of the name that is looked for. */
export interface ImageCandidate extends Reference {
  /** The state in which no VM can be made of it (yet); undefined = it is complete. */
  readonly incomplete: string | undefined;
  readonly type: string | undefined;
  readonly sizeBytes: number | undefined;
  /** The clusters that it lies on, or is meant for as long as it lies nowhere; none = it does not say. */
  readonly clusters: readonly { readonly id?: string | undefined; readonly name?: string | undefined }[];
  readonly madeAt: string | undefined;
}

interface FoundImage {
  readonly image: Reference;
  readonly warnings: readonly string[];
}

/**
 * The image of the system disk, of all that have the name (at least one). Those that are being imported or deleted do
 * not count as long as one is complete. Of several that are complete the one on the target cluster is meant; with an
 * unknown cluster (its own look-up failed) the choice does not matter.
 */
export function chooseImage(
  wanted: Wanted,
  found: readonly ImageCandidate[],
  cluster: Reference | undefined,
  systemDiskGiB: number | undefined,
): FoundImage {
  const complete = found.filter(({ incomplete }) => incomplete === undefined);
  const [only, second] = cluster === undefined ? complete.slice(0, 1) : meantOn(cluster, complete);
  if (only === undefined) {
    const states = [...new Set(found.map(({ incomplete }) => incomplete))].join(', ');
    throw unusable(
      wanted,
      `its state is ${states}, not COMPLETE`,
      'Wait until it is imported, or import it anew.',
    );
  }
  if (second !== undefined) {
    throw ambiguous(
      wanted,
      meantOn(cluster, complete).map((one) => ({ id: one.id, name: one.name, note: noteOn(one) })),
    );
  }
  checkType(wanted, only.type);
  checkSize(wanted, only.sizeBytes, systemDiskGiB);
  const { id, name } = only;
  const elsewhere = cluster !== undefined && only.clusters.length > 0 && !isOn(cluster, only);
  const warning = `Image "${name}" is not on cluster "${cluster?.name ?? ''}" yet: the first VM takes longer, or fails if a placement policy forbids the copy.`;
  return { image: { id, name }, warnings: elsewhere ? [warning] : [] };
}

/** Those that lie on the cluster; where none does, those that do not say where they lie; else all. */
function meantOn(
  cluster: Reference | undefined,
  images: readonly ImageCandidate[],
): readonly ImageCandidate[] {
  const here = images.filter((one) => cluster !== undefined && isOn(cluster, one));
  const anywhere = images.filter(({ clusters }) => clusters.length === 0);
  return [here, anywhere, images].find((some) => some.length > 0) ?? [];
}

function isOn(cluster: Reference, { clusters }: ImageCandidate): boolean {
  return clusters.some(({ id }) => id === cluster.id);
}

/** What tells images of one name apart: their age, and the clusters they lie on. */
function noteOn({ clusters, madeAt }: ImageCandidate): string | undefined {
  const places = clusters.flatMap(({ name, id }) => name ?? id ?? []);
  const parts = [madeAt, places.length > 0 && `on ${places.join(', ')}`];
  const words = parts.filter((part) => typeof part === 'string');
  return words.length === 0 ? undefined : words.join(', ');
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
