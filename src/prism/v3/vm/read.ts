import type { CallContext } from '../../../provider/index.js';
import { unlessCode } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { entity, type Entity } from '../envelope.js';
import { pathOf } from '../list.js';
import { rawObject, type RawObject } from '../../shared/index.js';

export function vmPath(id: string): string {
  return `${pathOf('vm')}/${encodeURIComponent(id)}`;
}

/** The VM as typed, lenient view; undefined when the server says that there is none. */
export async function readVm(
  { api }: V3Backend,
  id: string,
  attempted: string,
  { signal }: CallContext,
): Promise<Entity | undefined> {
  const request = { method: 'GET', path: vmPath(id), answer: entity } as const;
  return await unlessCode(api.send(request, { attempted, signal }), 'not-found');
}

/** The VM exactly as the server sent it, for an update that loses nothing. Missing = `not-found`. */
export async function readRawVm(
  { api }: V3Backend,
  id: string,
  attempted: string,
  { signal }: CallContext,
): Promise<RawObject> {
  return await api.send({ method: 'GET', path: vmPath(id), answer: rawObject }, { attempted, signal });
}
