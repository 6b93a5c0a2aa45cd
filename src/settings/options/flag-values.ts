import type { Option } from './option.js';
import { outdone, type ValueSource } from './precedence.js';
import { nameOf, OPTION_KEYS, OPTIONS, type OptionKey, type OptionValues } from './table.js';

/** What a client sends for its flags: string, number, bigint, boolean or a list of strings; keys = flag names. */
export type FlagValues = ReadonlyMap<string, unknown>;
export type Environment = Readonly<Record<string, string | undefined>>;

type OptionValue = string | number | boolean | readonly string[];

/**
 * The options' values from a client's flags. A client puts environment variables into the values itself, but
 * not for lists: those arrive empty (reference of the plugin protocol, section 6.3). So the variable is read
 * here for an empty list and for a flag that is absent altogether, never against a value that was given.
 * An empty text counts as the fallback. Wrong types come back as problems, one
 * each, with the options (`unread`) of which nothing more is to be said.
 */
export function readFlags(
  flags: FlagValues,
  environment: Environment,
): { values: OptionValues; problems: string[]; unread: OptionKey[] } {
  const problems: string[] = [];
  const unread: OptionKey[] = [];
  const read = (key: OptionKey): OptionValue => {
    const option = OPTIONS[key];
    const given = flags.get(option.name) ?? undefined;
    const value = given === undefined ? undefined : convert(option, given);
    if (given !== undefined && value === undefined) {
      problems.push(`${nameOf(option)} must be ${KIND_NAMES[option.kind]}, not ${describe(option, given)}`);
    }
    const emptyList = typeof value === 'object' && value.length === 0;
    if (value !== undefined && !emptyList) return value;
    return fromEnvironment(option, environment, problems) ?? value ?? option.fallback;
  };
  const record = Object.fromEntries(
    OPTION_KEYS.map((key) => {
      const { length } = problems;
      const value = withFallback(key, read(key));
      if (problems.length > length) unread.push(key);
      return [key, value];
    }),
  );
  if (!areOptionValues(record)) throw new TypeError('the option table and its values have parted');
  const sources = Object.fromEntries(OPTION_KEYS.map((key) => [key, sourceOf(key, flags, environment)]));
  return { values: { ...record, ...outdone(record, sources) }, problems, unread };
}

/**
 * A client mixes its environment into the flags' values (reference of the plugin protocol, section 6.3), but the
 * plugin has the same environment: a value that is to the letter the variable's is taken to come from there.
 */
function sourceOf(key: OptionKey, flags: FlagValues, environment: Environment): ValueSource {
  const option = OPTIONS[key];
  const text = variableOf(option, environment) ?? '';
  const given = flags.get(option.name) ?? undefined;
  const isEmpty = given === undefined || given === '' || given === false;
  // Clients send an option's default like a value that was given.
  if (isEmpty || (text === '' && given === option.fallback)) return text === '' ? 'neither' : 'environment';
  return given === text || (typeof given === 'boolean' && given === fromText(option, text))
    ? 'environment'
    : 'flag';
}

const KIND_NAMES = { string: 'text', int: 'a whole number', bool: 'true or false', slice: 'a list of texts' };

/** The value in the option's own type, or undefined when it has another one. */
function convert(option: Option, given: unknown): OptionValue | undefined {
  switch (option.kind) {
    case 'string':
      return typeof given === 'string' ? given : undefined;
    case 'int': {
      const number = typeof given === 'bigint' ? Number(given) : given;
      return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
    }
    case 'bool':
      return typeof given === 'boolean' ? given : undefined;
    case 'slice':
      // Names are exact, blanks at their ends too.
      return isTextList(given) ? given.filter((text) => text.trim() !== '') : undefined;
  }
}

function fromEnvironment(
  option: Option,
  environment: Environment,
  problems: string[],
): OptionValue | undefined {
  // A file with Windows line ends leaves a carriage return behind; blanks may belong to a name.
  const text = variableOf(option, environment)?.replace(/^[\r\n]+|[\r\n]+$/g, '');
  if (text === undefined || text.trim() === '') return undefined;
  const value = fromText(option, text);
  if (value === undefined) problems.push(`$${option.env} must be ${KIND_NAMES[option.kind]}`);
  return value;
}

function variableOf(option: Option, environment: Environment): string | undefined {
  return option.isVariablePassing === true ? undefined : environment[option.env];
}

/** The value of an environment variable or of a command line argument. */
export function fromText(option: Option, text: string): OptionValue | undefined {
  const word = text.trim();
  switch (option.kind) {
    case 'string':
      return text;
    case 'int':
      return /^[+-]?\d{1,15}$/.test(word) ? Number(word) : undefined;
    case 'bool':
      return /^(1|t|true)$/i.test(word) ? true : /^(0|f|false)$/i.test(word) ? false : undefined;
    case 'slice':
      return listOf(text);
  }
}

/** A list with commas. Blanks beside a comma separate; those of a single name belong to it. */
function listOf(text: string): readonly string[] {
  const parts = text.split(',');
  const trimmed = parts.length === 1 ? parts : parts.map((part) => part.trim());
  return trimmed.filter((part) => part.trim() !== '');
}

function withFallback(key: OptionKey, value: OptionValue): OptionValue {
  return value === '' ? OPTIONS[key].fallback : value;
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function describe(option: Option, given: unknown): string {
  const items: readonly unknown[] = Array.isArray(given) ? given : [];
  const other = items.find((item) => typeof item !== 'string');
  const type = other === undefined ? typeName(given) : `a list with ${typeName(other)}`;
  const shown = option.secret !== true && (typeof given === 'number' || typeof given === 'boolean');
  return shown ? `${type} (${String(given)})` : type;
}

function typeName(given: unknown): string {
  if (Array.isArray(given)) return 'a list';
  if (given === null) return 'nothing';
  return typeof given === 'object' ? 'an object' : `a ${typeof given}`;
}

/** True when the record has a value of the right type for every option of the table. */
function areOptionValues(record: Readonly<Record<string, OptionValue>>): record is OptionValues {
  return OPTION_KEYS.every((key) => {
    const value = record[key];
    return value !== undefined && convert(OPTIONS[key], value) !== undefined;
  });
}
