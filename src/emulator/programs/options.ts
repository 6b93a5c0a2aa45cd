import { UnknownOption, UsageError } from '../os/execute.js';

/** What an option is: its first name, and whether it takes an argument. */
interface KnownOption {
  readonly name: string;
  readonly takesValue: boolean;
}

/** The options of each synopsis that was read, by every name. */
const known = new Map<string, ReadonlyMap<string, KnownOption>>();

/**
 * Reads a synopsis like `n|lines: q v`: options separated by blanks; a colon = it takes an argument; names of one option
 * are joined by `|`, and it is known by the first one. Names of one letter are short options.
 */
function optionsOf(synopsis: string): ReadonlyMap<string, KnownOption> {
  const before = known.get(synopsis);
  if (before !== undefined) return before;
  const options = new Map<string, KnownOption>();
  for (const word of synopsis.split(' ').filter((part) => part !== '')) {
    const names = word.replace(/:$/, '').split('|');
    const option = { name: names[0] ?? '', takesValue: word.endsWith(':') };
    for (const name of names) options.set(name, option);
  }
  known.set(synopsis, options);
  return options;
}

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

/** Parses arguments (program name first) as getopt_long does; `synopsis` as for `optionsOf`. Throws UsageError. */
export function parseOptions(
  args: readonly string[],
  synopsis: string,
  { status = 1, stopAtOperand = false }: OptionSettings = {},
): Options {
  const table = optionsOf(synopsis);
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

function longOption(
  word: string,
  rest: string[],
  table: ReadonlyMap<string, KnownOption>,
  status: number,
): [string, string] {
  const [, written = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  const option = table.get(written);
  if (option === undefined) throw new UnknownOption(`unrecognized option '--${written}'`, status);
  if (!option.takesValue) return [option.name, value ?? ''];
  const argument = value ?? rest.shift();
  if (argument === undefined) throw new UsageError(`option '--${written}' requires an argument`, status);
  return [option.name, argument];
}

function shortOptions(
  word: string,
  rest: string[],
  table: ReadonlyMap<string, KnownOption>,
  status: number,
): [string, string][] {
  const found: [string, string][] = [];
  for (let letters = word.slice(1); letters !== ''; letters = letters.slice(1)) {
    const letter = letters.charAt(0);
    const option = table.get(letter);
    if (option === undefined) throw new UnknownOption(`invalid option -- '${letter}'`, status);
    if (!option.takesValue) {
      found.push([option.name, '']);
      continue;
    }
    const argument = letters.length > 1 ? letters.slice(1) : rest.shift();
    if (argument === undefined) throw new UsageError(`option requires an argument -- '${letter}'`, status);
    return [...found, [option.name, argument]];
  }
  return found;
}
