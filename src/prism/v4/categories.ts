import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CallContext, Category, NewCategory } from '../../provider/index.js';
import { hasCode, poll, unlessCode, type OperationError, type Probed } from '../../support/index.js';
import { rawObject, type Attempt } from '../shared/index.js';
import type { V4Backend } from './backend.js';
import { CATEGORIES, categoryWith, type IdentifiedCategory } from './lookup/category.js';

/** Times that a list is read until it shows a category that is there, and the pause between them, ms. */
const LIST_READS = 5;
const LIST_PAUSE_MS = 1_000;

/**
 * One request where it is there, two where not: categories are made at once, without tasks (reference v4 5). What another
 * client makes at the same time serves as well.
 */
export async function ensureCategory(
  backend: V4Backend,
  { key, value, description }: Category & Partial<NewCategory>,
  context: CallContext,
): Promise<IdentifiedCategory> {
  const attempt = { attempted: `make category ${key}:${value}`, signal: context.signal };
  const known = await categoryWith(backend.api, { key, value }, attempt);
  if (known !== undefined) return { key, value, id: known.extId };
  try {
    const request = {
      namespace: 'prism',
      method: 'POST',
      path: CATEGORIES,
      body: { key, value, description },
      requestId: randomUUID(),
      answer: z.looseObject({ extId: z.string() }),
    } as const;
    const { data } = await backend.api.send(request, attempt);
    return { key, value, id: data.extId };
  } catch (error) {
    if (context.signal.aborted || hasCode(error, 'permission-denied')) throw error;
    // It is there, or the answer was lost.
    const reads = hasCode(error, 'conflict') ? LIST_READS : 1;
    const made = await shownCategory(backend, { key, value }, reads, attempt);
    if (made !== undefined) return made;
    throw hasCode(error, 'conflict') ? notShown(error) : error;
  }
}

/** Removes a category as it is; one that another process has changed in that moment stays, and is a `conflict`. */
export async function removeCategory(
  backend: V4Backend,
  category: Category,
  { signal }: CallContext,
): Promise<void> {
  const attempt = { attempted: `remove category ${category.key}:${category.value}`, signal };
  const found = await categoryWith(backend.api, category, attempt);
  if (found !== undefined) await removeWithId(backend, found.extId, attempt);
}

/** The same by its id. One that is gone is success. */
export async function removeWithId({ api }: V4Backend, extId: string, attempt: Attempt): Promise<void> {
  const path = pathOf(extId);
  const read = api.send({ namespace: 'prism', method: 'GET', path, answer: rawObject }, attempt);
  const now = await unlessCode(read, 'not-found');
  if (now === undefined) return;
  const remove = { namespace: 'prism', method: 'DELETE', path, ifMatch: now.etag } as const;
  const request = { ...remove, requestId: randomUUID(), answer: z.unknown() };
  await unlessCode(api.send(request, attempt), 'not-found');
}

export const pathOf = (extId: string): string => `${CATEGORIES}/${encodeURIComponent(extId)}`;

async function shownCategory(
  { api, clock }: V4Backend,
  category: Category,
  reads: number,
  attempt: Attempt,
): Promise<IdentifiedCategory | undefined> {
  const probe = async (read: number): Promise<Probed<IdentifiedCategory | undefined>> => {
    const found = await categoryWith(api, category, attempt);
    if (found === undefined && read < reads) return { ready: false };
    return { ready: true, value: found === undefined ? undefined : { ...category, id: found.extId } };
  };
  return await poll(probe, { clock, signal: attempt.signal, delays: () => LIST_PAUSE_MS });
}

function notShown(refusal: OperationError): OperationError {
  return refusal.with({
    code: 'permission-denied',
    problem: `it is there, and this account is not shown it (${refusal.problem})`,
    advice: 'The role of this account lacks the operation "View_Category", or does not cover this entity.',
    cause: refusal,
  });
}
