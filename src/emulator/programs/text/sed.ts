import { absolute, dirname, Errno, WRITE } from '../../filesystem/index.js';
import { RegularExpressionError } from '../../regex/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/usage-error.js';
import { eachInput } from '../inputs.js';
import { parseOptions, type OptionTable } from '../options.js';
import { SedParser, type SedAddress, type SedCommand } from './sed-script.js';

const TABLE: OptionTable = {
  n: 'flag',
  quiet: '=n',
  silent: '=n',
  E: 'flag',
  r: '=E',
  'regexp-extended': '=E',
  e: 'value',
  expression: '=e',
  f: 'value',
  i: 'flag',
  'in-place': '=i',
  s: 'flag',
};

const sed: Program = async (process) => {
  const { args, suffix } = inPlaceSuffix(process.args);
  const options = parseOptions(args, TABLE);
  const scripts = options.values('e');
  const [first, ...others] = options.operands;
  const script = scripts.length > 0 ? scripts.join('\n') : first;
  if (script === undefined) throw new UsageError('usage: sed [OPTION]... {script} [input-file]...');
  const operands = scripts.length > 0 ? options.operands : others;
  const commands = compile(script, options.has('E'));
  const run = async (lines: AsyncIterable<string>) =>
    new Run(commands, options.has('n')).all(await toArray(lines));
  if (!options.has('i')) {
    return eachInput(process, operands, async (input) => process.stdout.write(await run(input.lines())));
  }
  return eachInput(process, operands, async (input, operand) => {
    replace(process, operand, suffix, await run(input.lines()));
  });
};

/** `-i.bak`, `-ibak`, `-i -e`: a suffix is glued to the option. */
function inPlaceSuffix(words: readonly string[]): { args: readonly string[]; suffix: string } {
  let suffix = '';
  const args = words.map((word) => {
    const [, found] = /^(?:-i|--in-place=)(.+)$/.exec(word) ?? [];
    if (found === undefined || /^[nErs]+$/.test(found)) return word;
    suffix = found;
    return '-i';
  });
  return { args, suffix };
}

function compile(script: string, extended: boolean): SedCommand[] {
  try {
    return new SedParser(script, extended).parse();
  } catch (error) {
    if (error instanceof RegularExpressionError) throw new UsageError(`-e expression #1: ${error.message}`);
    throw error;
  }
}

/** sed -i makes a new file in the same directory, so that directory has to be writable. */
function replace(process: Process, operand: string, suffix: string, text: string): void {
  const { system, user, cwd } = process;
  const path = absolute(cwd, operand);
  system.fs.directory(dirname(path), user, WRITE);
  const node = system.fs.lookup(path, user);
  if (node.kind !== 'file') throw new Errno('EINVAL');
  if (suffix !== '') system.fs.writeFile(`${path}${suffix}`, node.read(), user);
  system.fs.truncate(node, 0);
  system.fs.write(node, 0, Buffer.from(text));
}

async function toArray(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

/** One pass over one input. */
class Run {
  readonly #ranges = new Map<SedCommand, boolean>();
  #output = '';

  constructor(
    private readonly commands: readonly SedCommand[],
    private readonly quiet: boolean,
  ) {}

  all(lines: readonly string[]): string {
    for (const [index, raw] of lines.entries()) {
      const end = raw.endsWith('\n') ? '\n' : '';
      const goOn = this.#line(
        end === '' ? raw : raw.slice(0, -1),
        index + 1,
        index === lines.length - 1,
        end,
      );
      if (!goOn) break;
    }
    return this.#output;
  }

  /** False when the script ended early. */
  #line(start: string, number: number, last: boolean, end: string): boolean {
    let line = start;
    let after = '';
    for (const command of this.commands) {
      if (!this.#selected(command, line, number, last)) continue;
      switch (command.name) {
        case 's': {
          const replaced = substitute(line, command);
          if (replaced !== undefined && command.flags.includes('p')) this.#output += `${replaced}${end}`;
          line = replaced ?? line;
          break;
        }
        case 'y':
          line = transliterate(line, command.text);
          break;
        case 'd':
          return true;
        case 'c':
          this.#output += `${command.text}\n`;
          return true;
        case 'p':
          this.#output += `${line}${end}`;
          break;
        case 'i':
          this.#output += `${command.text}\n`;
          break;
        case 'a':
          after += `${end === '' ? '\n' : ''}${command.text}\n`;
          break;
        case 'q':
          if (!this.quiet) this.#output += `${line}${end}`;
          return false;
      }
    }
    if (!this.quiet) this.#output += `${line}${end}`;
    this.#output += after;
    return true;
  }

  #selected(command: SedCommand, line: string, number: number, last: boolean): boolean {
    const { from, to, negated } = command;
    const fits = (address: SedAddress) => {
      if (address.kind === 'line') return address.line === number;
      return address.kind === 'last' ? last : address.expression.search(line) !== undefined;
    };
    if (from === undefined) return !negated;
    if (to === undefined) return fits(from) !== negated;
    const inside = this.#ranges.get(command) ?? false;
    const starts = !inside && fits(from);
    const ends = (inside && fits(to)) || (to.kind === 'line' && to.line <= number);
    this.#ranges.set(command, (inside || starts) && !ends);
    return (inside || starts) !== negated;
  }
}

/** The line after `s`; undefined when nothing matched. */
function substitute(line: string, { expression, text, flags }: SedCommand): string | undefined {
  const wanted = Number(/\d+/.exec(flags)?.[0] ?? 1);
  const all = flags.includes('g');
  let result = '';
  let copied = 0;
  let count = 0;
  for (let at = 0; at <= line.length;) {
    const match = expression?.search(line, at);
    if (match === undefined) break;
    if (++count >= wanted) {
      result += line.slice(copied, match.start) + expand(text, match.groups);
      copied = match.end;
      if (!all) break;
    }
    at = match.end > match.start ? match.end : match.end + 1;
  }
  return count < wanted ? undefined : result + line.slice(copied);
}

/** `&`, `\1` and `\n` of a replacement. */
function expand(text: string, groups: readonly (string | undefined)[]): string {
  return text.replace(
    /\\([0-9])|\\(n)|\\(.)|&/gs,
    (_whole, group?: string, newline?: string, escaped?: string) => {
      if (group !== undefined) return groups[Number(group)] ?? '';
      if (newline !== undefined) return '\n';
      return escaped ?? groups[0] ?? '';
    },
  );
}

function transliterate(line: string, alphabets: string): string {
  const [from = '', to = ''] = alphabets.split('\n');
  return Array.from(line, (char) => to[from.indexOf(char)] ?? char).join('');
}

export const sedPrograms: Readonly<Record<string, Program>> = { sed };
