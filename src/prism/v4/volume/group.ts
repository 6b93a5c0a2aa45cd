import { z } from 'zod';
import type { CallContext } from '../../../provider/index.js';
import { unlessCode } from '../../../support/index.js';
import { lenient, maybe, rawObject, type RawObject } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';

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

/** A group exactly as the server sent it, with the ETag that a change of it has to name. */
export interface ReadGroup {
  readonly group: V4Group;
  readonly raw: RawObject;
  readonly etag: string | undefined;
}

/** A group that is not there is an OperationError `not-found`. */
export async function getGroup(
  { api }: V4Backend,
  id: string,
  attempted: string,
  { signal }: CallContext,
): Promise<ReadGroup> {
  const request = { namespace: 'volumes', method: 'GET', path: groupPath(id), answer: rawObject } as const;
  const { data: raw, etag } = await api.send(request, { attempted, signal });
  return { group: volumeGroup.parse(raw), raw, etag };
}

/** undefined when the server says that there is no such group. */
export async function readGroup(
  backend: V4Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<ReadGroup | undefined> {
  return await unlessCode(getGroup(backend, id, attempted, context), 'not-found');
}
