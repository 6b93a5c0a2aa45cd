import type { CallContext } from '../../../provider/index.js';
import { unlessCode } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { entity, entityName, entityUuid, type Entity } from '../envelope.js';
import { listAll, listNamed, pathOf, type Kind } from '../list.js';
import { type Candidate, isUuid, lookingUp, notFound, type Wanted } from '../../shared/index.js';

/**
 * The entities that a name or UUID means: those of exactly that name, or the one with that UUID. At least one;
 * nothing = `not-found`, with the names that come near.
 */
export async function entitiesMeant(
  { api }: V3Backend,
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
    visible.flatMap((one) => entityName(one) ?? []),
  );
}

async function byUuid(
  api: V3Backend['api'],
  kind: Kind,
  uuid: string,
  attempt: { readonly attempted: string; readonly signal: AbortSignal },
): Promise<readonly Entity[]> {
  const path = `${pathOf(kind)}/${uuid.toLowerCase()}`;
  const found = await unlessCode(api.send({ method: 'GET', path, answer: entity }, attempt), 'not-found');
  return found === undefined ? [] : [found];
}

export function candidateFrom(one: Entity, fallback: string, note?: string): Candidate {
  return { id: entityUuid(one) ?? fallback, name: entityName(one) ?? fallback, note };
}
