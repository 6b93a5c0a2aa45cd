import type { CallContext } from '../../../provider/index.js';
import { hasCode } from '../../../support/index.js';
import type { Backend } from '../backend.js';
import { entity, nameOf, uuidOf, type Entity } from '../envelope.js';
import { listAll, listNamed, pathOf, type Kind } from '../list.js';
import { isUuid } from '../schema.js';
import { lookingUp, notFound, type Candidate, type Wanted } from '../../shared/selection-errors.js';

/**
 * The entities that a name or UUID means: those of exactly that name, or the one with that UUID. At least one;
 * nothing = `not-found`, with the names that come near.
 */
export async function entitiesMeant(
  { api }: Backend,
  kind: Kind,
  wanted: Wanted,
  { signal }: CallContext,
): Promise<readonly Entity[]> {
  const attempt = { attempted: lookingUp(wanted), signal };
  const found = isUuid(wanted.name)
    ? await byUuid(api, kind, wanted.name, attempt)
    : await listNamed(api, kind, wanted.name, attempt);
  if (found.length > 0) return found;
  const visible = await listAll(api, kind, undefined, attempt);
  throw notFound(
    wanted,
    visible.flatMap((one) => nameOf(one) ?? []),
  );
}

async function byUuid(
  api: Backend['api'],
  kind: Kind,
  uuid: string,
  attempt: { readonly attempted: string; readonly signal: AbortSignal },
): Promise<readonly Entity[]> {
  try {
    return [await api.get(`${pathOf(kind)}/${uuid.toLowerCase()}`, entity, attempt)];
  } catch (error) {
    if (hasCode(error, 'not-found')) return [];
    throw error;
  }
}

export function candidateFrom(one: Entity, fallback: string, note?: string): Candidate {
  return { id: uuidOf(one) ?? fallback, name: nameOf(one) ?? fallback, note };
}
