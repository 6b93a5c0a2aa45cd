import { z } from 'zod';
import type { CallContext, Category, NewCategory } from '../../provider/index.js';
import { unlessCode } from '../../support/index.js';
import type { Attempt } from '../shared/index.js';
import type { V3Backend } from './backend.js';

const anything = z.unknown();

/** One request where it is there; a value, and then a key, that is missing is one more each. All at once, without tasks (reference 4.5). */
export async function ensureCategory(
  { api, product }: V3Backend,
  { key, value, description }: NewCategory,
  { signal }: CallContext,
): Promise<Category> {
  const attempt = { attempted: `make category ${key}:${value}`, signal };
  const path = valuePath({ key, value });
  const found = unlessCode(api.send({ method: 'GET', path, answer: anything }, attempt), 'not-found');
  if ((await found) === undefined)
    await putValue({ api }, { key, value, description }, `Made by ${product}`, attempt);
  return { key, value };
}

/** The key stays, with its other values or without. */
export async function removeCategory(
  { api }: V3Backend,
  category: Category,
  { signal }: CallContext,
): Promise<void> {
  const attempt = { attempted: `remove category ${category.key}:${category.value}`, signal };
  const request = { method: 'DELETE', path: valuePath(category), answer: anything } as const;
  await unlessCode(api.send(request, attempt), 'not-found');
}

/** Makes a value or replaces its description; a key that is not there yet is made with its first value. */
export async function putValue(
  { api }: Pick<V3Backend, 'api'>,
  { key, value, description }: NewCategory,
  ofKey: string,
  attempt: Attempt,
): Promise<void> {
  const put = async (path: string, body: object): Promise<true> => {
    await api.send({ method: 'PUT', path, body, answer: anything, repeatable: true }, attempt);
    return true;
  };
  const write = async (): Promise<true> => await put(valuePath({ key, value }), { value, description });
  if ((await unlessCode(write(), 'not-found')) === true) return;
  await put(`categories/${encodeURIComponent(key)}`, { name: key, description: ofKey });
  await write();
}

export function valuePath({ key, value }: Category): string {
  return `categories/${encodeURIComponent(key)}/${encodeURIComponent(value)}`;
}
