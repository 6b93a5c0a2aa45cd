import { UnknownOption, UsageError } from '../os/usage-error.js';

/**
 * Options by name without dashes: `flag`, `value` (takes an argument), or `=x` (another name of x).
 * One-letter names are short options.
 */
export type OptionTable = Readonly<Record<string, 'flag' | 'value' | `=${string}`>>;

export interface OptionSettings {
  /** Exit status for a wrong option. */
  readonly status?: number | undefined;
  /** Options end at the first operand (sudo, env, nohup). */
  readonly stopAtOperand?: boolean | undefined;
}

/** What was given: options in the order of appearance, and the operands. */
export class Options {
  readonly #given: readonly (readonly [name: string, value: string])[];

  constructor(
    given: readonly (readonly [name: string, value: string])[],
    readonly operands: readonly string[],
  ) {
    this.#given = given;
  }

  /** Everything that was given, in its order. */
  get all(): readonly (readonly [name: string, value: string])[] {
    return this.#given;
  }

  has(...names: readonly string[]): boolean {
    return this.#given.some(([name]) => names.includes(name));
  }

  /** The last value given; undefined when the option is absent. */
  value(name: string): string | undefined {
    return this.#given.findLast(([candidate]) => candidate === name)?.[1];
  }

  values(name: string): string[] {
    return this.#given.filter(([candidate]) => candidate === name).map(([, value]) => value);
  }
}

/** Parses arguments (program name first) as getopt_long does. Throws UsageError. */
export function parseOptions(
  args: readonly string[],
  table: OptionTable,
  { status = 1, stopAtOperand = false }: OptionSettings = {},
): Options {
  const given: [string, string][] = [];
  const operands: string[] = [];
  const rest = args.slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') return new Options(given, [...operands, ...rest]);
    if (word.startsWith('--')) given.push(longOption(word, rest, table, status));
    else if (word.startsWith('-') && word !== '-') given.push(...shortOptions(word, rest, table, status));
    else if (stopAtOperand) return new Options(given, [word, ...rest]);
    else operands.push(word);
  }
  return new Options(given, operands);
}

function resolve(name: string, table: OptionTable): { name: string; kind: string | undefined } {
  const kind = table[name];
  return kind?.startsWith('=') === true ? resolve(kind.slice(1), table) : { name, kind };
}

function longOption(word: string, rest: string[], table: OptionTable, status: number): [string, string] {
  const [, written = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  const { name, kind } = resolve(written, table);
  if (kind === undefined) throw new UnknownOption(`unrecognized option '--${written}'`, status);
  if (kind === 'flag') return [name, value ?? ''];
  const argument = value ?? rest.shift();
  if (argument === undefined) throw new UsageError(`option '--${written}' requires an argument`, status);
  return [name, argument];
}

function shortOptions(word: string, rest: string[], table: OptionTable, status: number): [string, string][] {
  const found: [string, string][] = [];
  for (let letters = word.slice(1); letters !== ''; letters = letters.slice(1)) {
    const letter = letters.charAt(0);
    const { name, kind } = resolve(letter, table);
    if (kind === undefined) throw new UnknownOption(`invalid option -- '${letter}'`, status);
    if (kind === 'flag') {
      found.push([name, '']);
      continue;
    }
    const argument = letters.length > 1 ? letters.slice(1) : rest.shift();
    if (argument === undefined) throw new UsageError(`option requires an argument -- '${letter}'`, status);
    return [...found, [name, argument]];
  }
  return found;
}
