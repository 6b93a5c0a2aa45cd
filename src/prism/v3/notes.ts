import { z } from 'zod';
import type { CallContext } from '../../provider/index.js';
import { unlessCode } from '../../support/index.js';
import { maybe, noteKey, type Attempt } from '../shared/index.js';
import type { V3Backend } from './backend.js';

/** Categories are flat objects without envelope, and changed at once, without a task (reference 4.5). */
const described = z.looseObject({ description: maybe.text });

/** The text of the note; undefined = there is none. */
export async function findNote(
  { api, product }: V3Backend,
  name: string,
  { signal }: CallContext,
): Promise<string | undefined> {
  const request = { method: 'GET', path: notePath(product, name), answer: described } as const;
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
  const attempt = { attempted: `write note "${name}"`, signal };
  const { product } = backend;
  const write = async (): Promise<true> =>
    await put(backend, notePath(product, name), { value: name, description: text }, attempt);
  if ((await unlessCode(write(), 'not-found')) === true) return;
  const description = `Notes that processes of ${product} leave for one another`;
  await put(backend, keyPath(product), { name: noteKey(product), description }, attempt);
  await write();
}

/** Removes the note. The key stays: it belongs to all notes of the program. */
export async function removeNote(
  { api, product }: V3Backend,
  name: string,
  { signal }: CallContext,
): Promise<void> {
  const request = { method: 'DELETE', path: notePath(product, name), answer: z.unknown() } as const;
  await unlessCode(api.send(request, { attempted: `remove note "${name}"`, signal }), 'not-found');
}

async function put({ api }: V3Backend, path: string, body: object, attempt: Attempt): Promise<true> {
  await api.send({ method: 'PUT', path, body, answer: z.unknown(), repeatable: true }, attempt);
  return true;
}

function keyPath(product: string): string {
  return `categories/${encodeURIComponent(noteKey(product))}`;
}

function notePath(product: string, name: string): string {
  return `${keyPath(product)}/${encodeURIComponent(name)}`;
}
