import { z } from 'zod';
import { unlessCode } from '../../../support/index.js';
import { isUuid, maybe, lookingUp, notFound, type Attempt, type Wanted } from '../../shared/index.js';
import { odataText, type V4Api } from '../api.js';
import { listAll, type V4List } from '../list.js';

/** What every entity has that is looked up by its name. */
export const named = z.looseObject({ extId: z.string(), name: maybe.text });
export type Named = z.infer<typeof named>;

/**
 * The entities that a name or an id means: those of exactly that name, or the one with that id. At least one; nothing =
 * `not-found`, with the names that come near. Whether a filter minds the case is not known, so names are compared again
 * (reference v4 2.7).
 */
export async function entitiesMeant<T extends z.ZodType<Named>>(
  api: V4Api,
  list: V4List<T>,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<readonly z.output<T>[]> {
  const attempt: Attempt = { attempted: lookingUp(wanted), signal };
  const found = isUuid(wanted.name)
    ? await byId(api, list, wanted.name, attempt)
    : await listNamed(api, list, wanted.name, attempt);
  if (found.length > 0) return found;
  const visible = await listAll(api, list, attempt);
  throw notFound(
    wanted,
    visible.flatMap(({ name }) => name ?? []),
  );
}

/** All entities of exactly this name. */
export async function listNamed<T extends z.ZodType<Named>>(
  api: V4Api,
  list: V4List<T>,
  name: string,
  attempt: Attempt,
): Promise<readonly z.output<T>[]> {
  const query = { ...list.query, $filter: `name eq ${odataText(name)}` };
  const candidates = await listAll(api, { ...list, query }, attempt);
  return candidates.filter((one) => one.name === name);
}

async function byId<T extends z.ZodType<Named>>(
  api: V4Api,
  { namespace, path, item }: V4List<T>,
  id: string,
  attempt: Attempt,
): Promise<readonly z.output<T>[]> {
  const request = { namespace, method: 'GET', path: `${path}/${id.toLowerCase()}`, answer: item } as const;
  const found = await unlessCode(api.send(request, attempt), 'not-found');
  return found === undefined ? [] : [found.data];
}
