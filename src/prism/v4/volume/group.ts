import { z } from 'zod';
import { lenient, maybe, rawObject } from '../../shared/index.js';
import type { EntityPlace } from '../read-entity.js';

/** Where the volume groups are in the namespace volumes. */
export const GROUPS = '/config/volume-groups';

export function groupPath(id: string): string {
  return `${GROUPS}/${encodeURIComponent(id)}`;
}

/** How texts name one. */
export function groupWords(id: string, name?: string): string {
  return name === undefined || name === '' ? `volume group ${id}` : `volume group "${name}" (${id})`;
}

const metadata = z.looseObject({ categoryIds: lenient(z.array(z.string())) });

/** What is read of a group (reference v4 6.1). What is empty is absent. */
export const volumeGroup = z.looseObject({
  extId: maybe.text,
  name: maybe.text,
  description: maybe.text,
  clusterReference: maybe.text,
  sharingStatus: maybe.text,
  targetName: maybe.text,
  createdBy: maybe.text,
  /** `NONE`, `DIRECT` (VMs) or `EXTERNAL` (initiators). */
  attachmentType: maybe.text,
  /** From 4.1 on. */
  attachments: lenient(z.array(rawObject)),
  /** What `$expand=metadata` adds, under the one or the other name. */
  metadata: lenient(metadata),
  volumeGroupMetadataProjection: lenient(metadata),
});
export type V4Group = z.infer<typeof volumeGroup>;

/** A group as a place to read. */
export function groupAt(id: string): EntityPlace<V4Group> {
  return { namespace: 'volumes', path: groupPath(id), shape: volumeGroup };
}
