import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { OPTIONS, type OptionKey } from '../../settings/index.js';
import { invalidInput } from '../../support/index.js';
import { acceptedKeys, GROUP_KEYS, isGroupKey, optionOf, REFUSED, type GroupKeyName } from './keys.js';

/** A runner's configuration is a few KiB; bytes. */
const LARGEST = 1024 * 1024;
/** No key has so many characters, also with the prefix of a flag. */
const LONGEST_MEANT = 100;
/** So many unknown keys are named, each with those that are close to it. */
const NAMED_KEYS = 20;

/** `plugin_config` taken apart. */
export interface Entries {
  readonly group: Readonly<Partial<Record<GroupKeyName, string | number>>>;
  /** Options as flags, by the names of these. */
  readonly flags: ReadonlyMap<string, unknown>;
  /** Keys that are not accepted and values of another kind, one text each. Values are not quoted. */
  readonly problems: readonly string[];
}

/** A record of zod would leave out a key `__proto__`, which is an unknown key like any other. */
const entriesShape = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const texts = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** The keys of `plugin_config`, as the runner sends them: a JSON object. Throws `invalid-input` for anything else. */
export function readEntries(config: Uint8Array): Entries {
  const group: Partial<Record<GroupKeyName, string | number>> = {};
  const flags = new Map<string, unknown>();
  const problems: string[] = [];
  const unknown: string[] = [];
  // An empty text is as good as none.
  const entries = Object.entries(objectIn(config)).filter(([, value]) => value !== '' && value !== null);
  for (const [key, value] of entries) {
    const option = optionOf(key);
    if (isGroupKey(key)) {
      const read = groupValue(key, value);
      if (typeof read === 'object') problems.push(read.problem);
      else group[key] = read;
    } else if (option === undefined) {
      unknown.push(key);
    } else if (REFUSED[option] === undefined) {
      flags.set(OPTIONS[option].name, asFlag(option, value));
    } else {
      problems.push(`${key} means nothing for instances: ${REFUSED[option]}`);
    }
  }
  const there = new Set(entries.map(([key]) => key));
  return { group, flags, problems: [...problems, ...unknownKeys(unknown), ...missingKeys(there)] };
}

/** Texts may be written as numbers or truth values, and a list of one as its item: TOML has no other names for them. */
function asFlag(option: OptionKey, value: unknown): unknown {
  switch (OPTIONS[option].kind) {
    case 'string':
      return texts.safeParse(value).data ?? value;
    case 'slice':
      return z.union([z.array(texts), texts.transform((one) => [one])]).safeParse(value).data ?? value;
    default:
      return value;
  }
}

function groupValue(key: GroupKeyName, value: unknown): string | number | { readonly problem: string } {
  const { kind, check } = GROUP_KEYS[key];
  const shape = kind === 'int' ? z.int() : z.string();
  const read = shape.safeParse(value);
  if (!read.success) return { problem: `${key} must be ${kind === 'int' ? 'a whole number' : 'text'}` };
  const problem = check(read.data);
  return problem === undefined ? read.data : { problem: `${key} ${problem}` };
}

function missingKeys(there: ReadonlySet<string>): readonly string[] {
  return Object.entries(GROUP_KEYS).flatMap(([key, { help, ...more }]) =>
    'required' in more && !there.has(key) ? [`${key} is required (${help})`] : [],
  );
}

function unknownKeys(keys: readonly string[]): readonly string[] {
  const more = keys.length - NAMED_KEYS;
  const named = keys.slice(0, NAMED_KEYS).map(unknownKey);
  return more > 0 ? [...named, `there are ${more} more unknown keys`] : named;
}

function unknownKey(key: string): string {
  const shown = JSON.stringify(key.slice(0, 60));
  const meant = key
    .slice(0, LONGEST_MEANT)
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/^_*nutanix_/, '');
  const near = acceptedKeys()
    .map((one) => ({ one, far: one.endsWith(`_${meant}`) ? 1 : distance(one, meant) }))
    .filter(({ far }) => far <= 2)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ one }) => one);
  if (near.length > 0) return `there is no key ${shown}; did you mean ${near.join(' or ')}?`;
  return `there is no key ${shown}; docs/fleeting.md lists all`;
}

function objectIn(config: Uint8Array): Readonly<Record<string, unknown>> {
  if (config.byteLength > LARGEST) throw refused(`it has ${config.byteLength} bytes, more than ${LARGEST}`);
  const read = entriesShape.safeParse(jsonIn(config));
  if (!read.success) throw refused('it is no table of keys and values');
  return read.data;
}

/** The error of the parser quotes the text around a mistake, which may be a password: it is not kept. */
function jsonIn(config: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(config)) as unknown;
  } catch {
    throw refused('it is not valid JSON');
  }
}

export const ATTEMPTED = 'read plugin_config';

function refused(problem: string): Error {
  const advice =
    'Write it as [runners.autoscaler.plugin_config] of config.toml; docs/fleeting.md lists its keys.';
  return invalidInput(ATTEMPTED, problem, advice);
}
