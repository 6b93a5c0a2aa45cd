import { z } from 'zod';
import type { CallContext, Category } from '../../provider/index.js';
import { unlessCode } from '../../support/index.js';
import { maybe, noteKey } from '../shared/index.js';
import type { V3Backend } from './backend.js';
import { putValue, valuePath } from './categories.js';

/** Categories are flat objects without envelope, and changed at once, without a task (reference 4.5). */
const described = z.looseObject({ description: maybe.text });

/** The text of the note; undefined = there is none. */
export async function findNote(
  { api, product }: V3Backend,
  name: string,
  { signal }: CallContext,
): Promise<string | undefined> {
  const request = { method: 'GET', path: valuePath(noteCategory(product, name)), answer: described } as const;
  const found = await unlessCode(
    api.send(request, { attempted: `read note "${name}"`, signal }),
    'not-found',
  );
  return found === undefined ? undefined : (found.description ?? '');
}

/** Makes the note, or replaces its text. The key is made with the first note. */
export async function putNote(
  backend: V3Backend,
  name: string,
  text: string,
  { signal }: CallContext,
): Promise<void> {
  const { product } = backend;
  const ofKey = `Notes that processes of ${product} leave for one another`;
  const note = { ...noteCategory(product, name), description: text };
  await putValue(backend, note, ofKey, { attempted: `write note "${name}"`, signal });
}

/** Removes the note. The key stays: it belongs to all notes of the program. */
export async function removeNote(
  { api, product }: V3Backend,
  name: string,
  { signal }: CallContext,
): Promise<void> {
  const path = valuePath(noteCategory(product, name));
  const request = { method: 'DELETE', path, answer: z.unknown() } as const;
  await unlessCode(api.send(request, { attempted: `remove note "${name}"`, signal }), 'not-found');
}

function noteCategory(product: string, name: string): Category {
  return { key: noteKey(product), value: name };
}
