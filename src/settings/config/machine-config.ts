import type { OperationError } from '../../support/index.js';
import { invalidInput } from '../../support/index.js';
import { areConfigValues, FIELD_KEYS, FIELDS } from './fields.js';
import type { ConfigValues, FieldKey, FieldValue } from './fields.js';
import { goJson, jsonMembers, stringIn } from './json-members.js';

/** Far above any real config.json; a client that sends more is broken or hostile. Bytes. */
const LARGEST = 4 * 1024 * 1024;
const TEXT = new TextDecoder();
const BY_KEY = new Map<string, FieldKey>(FIELD_KEYS.map((key) => [key, key]));
const BY_LOWER_CASE = new Map(FIELD_KEYS.map((key) => [key.toLowerCase(), key]));

const FALLBACKS = checked(Object.fromEntries(FIELD_KEYS.map((key) => [key, FIELDS[key].fallback])));

/**
 * The `Driver` object of a machine's config.json. As in Go, loading goes *into* the existing values: keys that
 * are absent keep their value, `null` changes nothing, the case of a key does not matter. Unlike in Go, keys
 * that the driver does not know survive a round trip, to the letter.
 */
export class MachineConfig {
  #values = FALLBACKS;
  /** Unknown keys with their JSON text. */
  readonly #foreign = new Map<string, string>();

  get values(): ConfigValues {
    return this.#values;
  }

  /** Replaces some values. */
  update(changes: Partial<ConfigValues>): void {
    this.#values = { ...this.#values, ...changes };
  }

  /** Takes over a JSON object; nothing is changed when it is wrong. Throws `invalid-input` naming every bad key. */
  load(bytes: Uint8Array): void {
    const record: Record<string, FieldValue> = { ...this.#values };
    const foreign = new Map<string, string>();
    const problems: string[] = [];
    for (const { key, source } of membersOf(bytes)) {
      const field = BY_KEY.get(key) ?? BY_LOWER_CASE.get(key.toLowerCase());
      if (field === undefined) {
        foreign.set(key, source);
        continue;
      }
      if (source === 'null') continue;
      const value = decode(field, source);
      if (value === undefined) problems.push(`${field} must be ${KIND_NAMES[FIELDS[field].kind]}`);
      else record[field] = value;
    }
    if (problems.length > 0) throw refused(problems.join('; '));
    this.#values = checked(record);
    for (const [key, source] of foreign) this.#foreign.set(key, source);
  }

  /** The JSON object for config.json. Keys in `without` are left out, so that loading it keeps their values. */
  toJson(without: ReadonlySet<string> = new Set()): string {
    const known = FIELD_KEYS.filter((key) => !without.has(key)).map((key) => {
      const value = this.#values[key];
      return [key, FIELDS[key].kind === 'json' ? String(value) : JSON.stringify(value)] as const;
    });
    const members = [...known, ...this.#foreign].map(([key, json]) => `${JSON.stringify(key)}:${json}`);
    return goJson(`{${members.join(',')}}`);
  }
}

const KIND_NAMES = {
  string: 'a string',
  int: 'a whole number',
  bool: 'true or false',
  slice: 'a list of strings',
  json: 'JSON',
};

function membersOf(bytes: Uint8Array): { key: string; source: string }[] {
  if (bytes.length > LARGEST) throw refused(`it has ${bytes.length} bytes, more than ${LARGEST}`);
  try {
    return jsonMembers(TEXT.decode(bytes));
  } catch (error) {
    throw refused(withoutContents(error));
  }
}

/** Engines quote the text around a mistake, and that may be a password; so the error is not kept as a cause. */
function withoutContents(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('expected a JSON object')) return message;
  const position = /position \d+/.exec(message);
  return `it is not valid JSON${position === null ? '' : ` (at ${position[0]})`}`;
}

function decode(key: FieldKey, source: string): FieldValue | undefined {
  const kind = FIELDS[key].kind;
  if (kind === 'json') return source;
  const value = stringIn(source);
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'int':
      return Number.isSafeInteger(value) && typeof value === 'number' ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'slice':
      // The first versions of the official driver stored one string with commas.
      if (typeof value === 'string') return value === '' ? [] : value.split(',').map((part) => part.trim());
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  }
}

function checked(record: Record<string, FieldValue>): ConfigValues {
  if (!areConfigValues(record)) throw new TypeError('the field table and its values have parted');
  return record;
}

function refused(problem: string): OperationError {
  return invalidInput(
    "load the machine's configuration",
    problem,
    'Correct the Driver object in its config.json.',
  );
}
