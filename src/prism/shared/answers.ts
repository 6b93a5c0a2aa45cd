import { z } from 'zod';
import { OperationError } from '../../support/index.js';

/** What every request needs besides its own content. */
export interface Attempt {
  /** What is attempted, on which entity; opens the text of every error. */
  readonly attempted: string;
  readonly signal: AbortSignal;
}

/** A field that may be absent, null or of another shape than documented: then it is undefined. */
export function lenient<T extends z.ZodType>(schema: T): z.ZodCatch<z.ZodOptional<T>> {
  return schema.optional().catch(undefined);
}

/** Lenient fields of the plain types. */
export const maybe = {
  text: lenient(z.string()),
  number: lenient(z.number()),
  flag: lenient(z.boolean()),
} as const;

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

/**
 * Plain hex 8-4-4-4-12. Prism Central's ids are no UUIDs of RFC 9562: clusters have version digit 6 (reference v3 2.1),
 * VMs, disks and NICs a variant digit from 4 to 7 (recorded-v4 A1).
 */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
