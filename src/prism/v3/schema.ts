import { z } from 'zod';
import { OperationError } from '../../support/index.js';

/** A field that may be absent, null or of another shape than documented: then it is undefined. */
export function lenient<T extends z.ZodType>(schema: T): z.ZodCatch<z.ZodOptional<T>> {
  return schema.optional().catch(undefined);
}

export const reference = z.looseObject({ uuid: lenient(z.string()), name: lenient(z.string()) });

/** Any JSON object, kept as it is. */
export const rawObject = z.record(z.string(), z.unknown());
export type RawObject = z.infer<typeof rawObject>;

/** Reads an answer; one that lacks what cannot be done without is an `unexpected-response`. */
export function decode<T extends z.ZodType>(schema: T, json: unknown, attempted: string): z.output<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new OperationError({
    code: 'unexpected-response',
    attempted,
    problem: `the answer does not have the expected form${where}: ${issue?.message ?? 'unknown'}`,
    cause: result.error,
  });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Plain hex 8-4-4-4-12: cluster UUIDs have no valid version or variant bits (reference 2.1). */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
