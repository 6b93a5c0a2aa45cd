import { z } from 'zod';
import { schemaError } from '../support/index.js';
import { volumeOptionsFrom } from './option-texts.js';
import type { VolumeOptions } from './volume-service.js';

/** What an operator decides for all volumes of a host. */
export interface Policy {
  /** Count where a user asks for nothing. */
  readonly defaults: VolumeOptions;
  /** Count whatever a user asks for. */
  readonly overrides: VolumeOptions;
  /** For so long a removed volume is kept, ms. */
  readonly graceMs: number;
  /** After so long without a sign of life a holder that runs counts as dead, ms; undefined = never. */
  readonly takeoverAfterMs?: number | undefined;
}

const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: HOUR, d: 24 * HOUR };
const texts = z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({});
const time = z.string().regex(/^\d{1,5}[mhd]$/, 'must be a number with m, h or d, such as 24h');
/** Signs of life come each half minute, and some of them may get lost. */
const SHORTEST_SILENCE = 120_000;
const policyShape = z.strictObject({
  defaults: texts,
  overrides: texts,
  grace: time.default('24h'),
  'takeover-after': time.refine((text) => msOf(text) >= SHORTEST_SILENCE, 'must be 2m or longer').optional(),
});

/** Size of a volume for which neither user nor operator gives one. */
const DEFAULT_BYTES = 10 * 1024 ** 3;

/**
 * A policy from what its YAML file holds (undefined or null = there is no file); throws `invalid-input` with all that is
 * wrong. Defaults and overrides have the names and values of the options (`-o help`):
 *
 *     defaults: { size: 20G, fs: ext4 }
 *     overrides: { storage-container: docker }
 *     grace: 7d
 *     takeover-after: 10m
 */
export function readPolicy(content: unknown, attempted = 'read the policy'): Policy {
  const parsed = policyShape.safeParse(content ?? {});
  if (!parsed.success) throw schemaError(attempted, parsed.error.issues, 'the file');
  const { defaults, overrides, grace, 'takeover-after': silence } = parsed.data;
  return {
    defaults: volumeOptionsFrom(defaults, `${attempted}, defaults`),
    overrides: volumeOptionsFrom(overrides, `${attempted}, overrides`),
    graceMs: msOf(grace),
    takeoverAfterMs: silence === undefined ? undefined : msOf(silence),
  };
}

/** What a volume is made with: what was asked for, within the policy. */
export function optionsWithin(
  policy: Policy,
  asked: VolumeOptions,
): VolumeOptions & { readonly sizeBytes: number } {
  const isCopy = asked.from !== undefined || asked.fromSnapshot !== undefined;
  const options = { ...policy.defaults, ...given(asked), ...policy.overrides };
  // A copy is as large as its original unless a size is asked for.
  const sizeBytes = policy.overrides.sizeBytes ?? asked.sizeBytes;
  return { ...options, sizeBytes: sizeBytes ?? (isCopy ? 0 : (policy.defaults.sizeBytes ?? DEFAULT_BYTES)) };
}

/** What a user asked for and the operator does not decide: the rest is not compared with a volume that exists. */
export function withoutOverridden({ overrides }: Policy, asked: VolumeOptions): VolumeOptions {
  const decided = new Set(Object.keys(overrides));
  return Object.fromEntries(Object.entries(asked).filter(([name]) => !decided.has(name)));
}

function msOf(text: string): number {
  return Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? HOUR);
}

function given(options: VolumeOptions): VolumeOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
