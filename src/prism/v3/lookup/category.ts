import { z } from 'zod';
import type { CallContext, Category } from '../../../provider/index.js';
import { hasCode, unlessCode } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { lenient, maybe, lookingUp, notFound, type Wanted } from '../../shared/index.js';

const anything = z.unknown();
/** Categories are flat objects without envelope (reference 4.5). */
const flatList = z.looseObject({
  entities: lenient(z.array(z.looseObject({ name: maybe.text, value: maybe.text }))),
});

/**
 * Checks that a category exists: a VM that names a missing one is accepted first and fails in its task, with a
 * worse message.
 */
export async function findCategory(
  backend: V3Backend,
  category: Category,
  context: CallContext,
): Promise<Category> {
  const { key, value } = category;
  const wanted: Wanted = { kind: 'category', name: `${key}=${value}` };
  const attempt = { attempted: lookingUp(wanted), signal: context.signal };
  const keyPath = `categories/${encodeURIComponent(key)}`;
  try {
    const path = `${keyPath}/${encodeURIComponent(value)}`;
    await backend.api.send({ method: 'GET', path, answer: anything }, attempt);
    return { key, value };
  } catch (error) {
    if (hasCode(error, 'permission-denied')) {
      context.progress(`${error.message} It is used unchecked.`);
      return { key, value };
    }
    if (!hasCode(error, 'not-found')) throw error;
  }
  const values = await flatNames(backend, `${keyPath}/list`, 'value', attempt);
  if (values !== undefined) {
    throw notFound(
      wanted,
      values.map((one) => `${key}=${one}`),
      ` (key "${key}" exists)`,
    );
  }
  const keys = await flatNames(backend, 'categories/list', 'name', attempt);
  throw notFound(wanted, keys ?? [], ` (key "${key}" does not exist)`);
}

async function flatNames(
  { api }: V3Backend,
  path: string,
  field: 'name' | 'value',
  attempt: { readonly attempted: string; readonly signal: AbortSignal },
): Promise<readonly string[] | undefined> {
  const body = { kind: 'category', length: 500 };
  const request = { method: 'POST', path, body, answer: flatList, repeatable: true } as const;
  const list = await unlessCode(api.send(request, attempt), 'not-found', 'unsupported');
  return list === undefined ? undefined : (list.entities ?? []).flatMap((one) => one[field] ?? []);
}
