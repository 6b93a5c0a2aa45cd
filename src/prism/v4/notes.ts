import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CallContext } from '../../provider/index.js';
import { unlessCode } from '../../support/index.js';
import type { V4Answer } from './api.js';
import type { V4Backend } from './backend.js';
import { pathOf, removeWithId } from './categories.js';
import { CATEGORIES, categoryWith } from './lookup/category.js';
import { noteKey, rawObject, type Attempt, type RawObject } from '../shared/index.js';

const described = z.looseObject({ extId: z.string(), value: z.string(), description: z.string().optional() });

/** The text of the note: it is changed at once, without a task (reference v4 5). undefined = there is none. */
export async function findNote(
  backend: V4Backend,
  name: string,
  context: CallContext,
): Promise<string | undefined> {
  const found = await noteNamed(backend, name, `read note "${name}"`, context);
  return found === undefined ? undefined : (found.description ?? '');
}

/** Makes the note, or replaces its text. Two that write at once: one of them is refused. */
export async function putNote(
  backend: V4Backend,
  name: string,
  text: string,
  context: CallContext,
): Promise<void> {
  const attempted = `write note "${name}"`;
  const { api, product } = backend;
  const where = { attempted, signal: context.signal };
  const found = await noteNamed(backend, name, attempted, context);
  // Where it was removed meanwhile, and where a list lags behind, it is made anew.
  if (found !== undefined && (await replaceText(backend, found.extId, text, where))) return;
  const body = { key: noteKey(product), value: name, description: text };
  await api.send({ ...change(), method: 'POST', path: CATEGORIES, body }, where);
}

/** Removes the note as it is; one that another process has written in that moment stays, and is a `conflict`. */
export async function removeNote(backend: V4Backend, name: string, context: CallContext): Promise<void> {
  const attempted = `remove note "${name}"`;
  const found = await noteNamed(backend, name, attempted, context);
  if (found !== undefined) await removeWithId(backend, found.extId, { attempted, signal: context.signal });
}

/** False when it is not there. */
async function replaceText(
  backend: V4Backend,
  extId: string,
  text: string,
  where: Attempt,
): Promise<boolean> {
  const path = pathOf(extId);
  const found = await unlessCode(read(backend, path, where), 'not-found');
  if (found === undefined) return false;
  const body = { ...found.data, description: text };
  const request = { ...change(), method: 'PUT', path, body, ifMatch: found.etag } as const;
  return (await unlessCode(backend.api.send(request, where), 'not-found')) !== undefined;
}

/** What every request that changes something has. */
function change(): { namespace: 'prism'; requestId: string; answer: z.ZodUnknown } {
  return { namespace: 'prism', requestId: randomUUID(), answer: z.unknown() };
}

async function read({ api }: V4Backend, path: string, where: Attempt): Promise<V4Answer<RawObject>> {
  return await api.send({ namespace: 'prism', method: 'GET', path, answer: rawObject }, where);
}

async function noteNamed(
  { api, product }: V4Backend,
  name: string,
  attempted: string,
  { signal }: CallContext,
): Promise<z.infer<typeof described> | undefined> {
  const one = await categoryWith(api, { key: noteKey(product), value: name }, { attempted, signal });
  return one === undefined ? undefined : described.parse(one);
}
