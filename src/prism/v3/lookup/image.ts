import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import type { Backend } from '../backend.js';
import type { Entity } from '../envelope.js';
import { lenient, reference } from '../schema.js';
import { candidateFrom, entitiesMeant } from './entities.js';
import { ambiguous, unusable, type Wanted } from './selection.js';

const GIB = 2 ** 30;
const imageResources = z.looseObject({
  image_type: lenient(z.string()),
  size_bytes: lenient(z.number()),
  current_cluster_reference_list: lenient(z.array(reference)),
});

export interface FoundImage {
  readonly image: Reference;
  readonly warnings: readonly string[];
}

/**
 * The image of the system disk. Names are not unique (reference 4.3); images that are being imported or deleted
 * do not count as long as one of the name is complete.
 */
export async function findImage(
  backend: Backend,
  name: string,
  cluster: Reference | undefined,
  systemDiskGiB: number | undefined,
  context: CallContext,
): Promise<FoundImage> {
  const wanted: Wanted = { kind: 'image', name };
  const found = await entitiesMeant(backend, 'image', wanted, context);
  const complete = found.filter((one) => stateOf(one) === 'COMPLETE');
  const [only, second] = complete;
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
      complete.map((one) => candidateFrom(one, name, one.metadata?.creation_time)),
    );
  }
  const resources = imageResources.safeParse(only.status?.resources ?? only.spec?.resources).data ?? {};
  checkType(wanted, resources.image_type);
  checkSize(wanted, resources.size_bytes, systemDiskGiB);
  const { id, name: itsName } = candidateFrom(only, name);
  const placed = resources.current_cluster_reference_list ?? [];
  const elsewhere =
    cluster !== undefined && placed.length > 0 && !placed.some(({ uuid }) => uuid === cluster.id);
  const warning = `Image "${itsName}" is not on cluster "${cluster?.name ?? ''}" yet: the first VM takes longer, or fails if a placement policy forbids the copy.`;
  return { image: { id, name: itsName }, warnings: elsewhere ? [warning] : [] };
}

function stateOf({ status }: Entity): string {
  return status?.state ?? 'unknown';
}

function checkType(wanted: Wanted, type: string | undefined): void {
  if (type === undefined || type === 'DISK_IMAGE') return;
  throw unusable(
    wanted,
    `it is of type ${type}`,
    'Choose a disk image with cloud-init (qcow2, raw, vmdk …).',
  );
}

function checkSize(wanted: Wanted, sizeBytes: number | undefined, systemDiskGiB: number | undefined): void {
  if (sizeBytes === undefined || systemDiskGiB === undefined || systemDiskGiB * GIB >= sizeBytes) return;
  const needed = Math.ceil(sizeBytes / GIB);
  const problem = `it is ${needed} GiB and does not fit on a system disk of ${systemDiskGiB} GiB (disks only grow)`;
  throw unusable(wanted, problem, `Ask for ${needed} GiB or more, or leave the size to the image.`);
}
