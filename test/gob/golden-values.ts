import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tagged } from './tagged.js';

/** Not looked into here: the values are deeper than a recursive schema can go. */
const anyTagged = z.custom<Tagged>(() => true);
const runs = z.array(z.tuple([z.string(), z.number()]));
const into = z.object({
  goType: z.string(),
  value: anyTagged.optional(),
  ok: z.boolean().optional(),
  error: z.string().optional(),
});
const goldenCase = z.object({
  id: z.string(),
  group: z.string(),
  goType: z.string(),
  hex: z.string().optional(),
  hexRle: runs.optional(),
  hexGo123: z.string().optional(),
  mapOrderRandom: z.boolean().default(false),
  messages: z.array(z.union([z.string(), z.number()])).default([]),
  values: z.union([z.array(anyTagged), z.string()]).default([]),
  wire: z
    .array(z.object({ messages: z.tuple([z.number(), z.number()]), typeId: z.number(), value: anyTagged }))
    .default([]),
  goAccepts: z.boolean().optional(),
  sequential: z.boolean().default(false),
  decodeInto: z.array(into).default([]),
});

/** One stream of the golden file, with what is known of it; see test/golden/README.md. */
export type GoldenCase = z.infer<typeof goldenCase>;

const file = join(__dirname, '../golden/gob/gob-values.json');

export const goldenCases: readonly GoldenCase[] = z
  .object({ cases: z.array(goldenCase) })
  .parse(JSON.parse(readFileSync(file, 'utf8'))).cases;

/** Streams that were made by encoding values. */
export const encodedCases = goldenCases.filter(({ group }) => group !== 'malformed' && group !== 'skip');

/** Kinds of which no value is given here: complex numbers, arrays, pointers, types that encode themselves or contain themselves. */
const UNSPOKEN = /^(complex|array|recursive)\/|^(struct\/nested-zero|struct\/gobencoder|large\/list-3000)$/;

export const spokenCases = encodedCases.filter(({ id }) => !UNSPOKEN.test(id));
export const unspokenCases = encodedCases.filter(({ id }) => UNSPOKEN.test(id));

/** Structs of which only some fields are wanted, with Go's result for these. */
export const skipCases = goldenCases.filter(({ group }) => group === 'skip');

export const malformedCases = goldenCases.filter(({ group }) => group === 'malformed');

export function bytesOf({ hex, hexRle }: GoldenCase): Buffer {
  const text = hex ?? (hexRle ?? []).map(([run, times]) => run.repeat(times)).join('');
  return Buffer.from(text, 'hex');
}

/** What was encoded; nothing for the one value that is described in words (a list of 3,000 nodes). */
export function valuesOf({ values }: GoldenCase): readonly Tagged[] {
  return typeof values === 'string' ? [] : values;
}
