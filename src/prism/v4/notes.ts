import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CallContext } from '../../provider/index.js';
import { odataText } from './api.js';
import type { V4Backend } from './backend.js';
import { CATEGORIES, listCategories } from './lookup/category.js';
import { noteKey, rawObject } from '../shared/index.js';

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
  const change = { namespace: 'prism', requestId: randomUUID(), answer: z.unknown() } as const;
  if (found === undefined) {
    const body = { key: noteKey(product), value: name, description: text };
    await api.send({ ...change, method: 'POST', path: CATEGORIES, body }, where);
    return;
  }
  const path = `${CATEGORIES}/${encodeURIComponent(found.extId)}`;
  const { data, etag } = await api.send(
    { namespace: 'prism', method: 'GET', path, answer: rawObject },
    where,
  );
  const body = { ...data, description: text };
  await api.send({ ...change, method: 'PUT', path, body, ifMatch: etag }, where);
}

async function noteNamed(
  { api, product }: V4Backend,
  name: string,
  attempted: string,
  { signal }: CallContext,
): Promise<z.infer<typeof described> | undefined> {
  const wanted = noteKey(product);
  const filter = `key eq ${odataText(wanted)} and value eq ${odataText(name)}`;
  const found = await listCategories(api, filter, { attempted, signal });
  const one = found.find(({ key, value }) => key === wanted && value === name);
  return one === undefined ? undefined : described.parse(one);
}
