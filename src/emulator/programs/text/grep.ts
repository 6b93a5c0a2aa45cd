import { basename, join } from '../../filesystem/index.js';
import {
  compileRegularExpression,
  RegularExpressionError,
  type RegularExpression,
} from '../../regex/index.js';
import type { Process, Program } from '../../os/process.js';
import { nowhere, OutputStream, type InputStream } from '../../os/streams.js';
import { UsageError } from '../../os/execute.js';
import { compilePattern, matches } from '../../shell/index.js';
import { eachInput, pathOf } from '../inputs.js';
import { parseOptions, type Options } from '../options.js';

const TABLE =
  'E|extended-regexp F|fixed-strings G e|regexp: i|ignore-case v|invert-match x|line-regexp w|word-regexp q|quiet|silent s|no-messages c|count n|line-number l|files-with-matches L|files-without-match o|only-matching h|no-filename H|with-filename r|R|recursive m|max-count: A|after-context: B|before-context: C|context: f|file: include: exclude: a|text z|null-data color|colour';

const USAGE = 'usage: grep [OPTION]... PATTERNS [FILE]...';

/** grep; status 0 when something was selected, 1 when nothing, 2 on errors. */
function grepAs(kind: 'basic' | 'extended' | 'fixed'): Program {
  return async (process) => {
    const options = parseOptions(process.args, TABLE, { status: 2 });
    const [first, ...others] = options.operands;
    const given = options.has('e', 'f');
    const pattern = given ? patternsOf(process, options) : first;
    if (pattern === undefined) throw new UsageError(USAGE, 2);
    const operands = given ? options.operands : others;
    const selection = new Selection(process, options, compileAll(pattern, options, kind));
    const files = options.has('r') ? filesUnder(process, operands, options) : operands;
    const several = files.length > 1 || options.has('r');
    let status = 0;
    for (const name of files.length === 0 ? ['-'] : files) {
      // A quiet search ends at the first line that is selected.
      if (options.has('q') && selection.found) return 0;
      const failed = await eachInput(
        options.has('s') ? mute(process) : process,
        [name],
        (input) => selection.search(input, name, several),
        2,
      );
      status = Math.max(status, failed);
    }
    if (status !== 0 && !(options.has('q') && selection.found)) return status;
    return selection.found ? 0 : 1;
  };
}

/** `-e` and `-f`, each line a pattern. */
function patternsOf(process: Process, options: Options): string {
  const texts = options.all
    .filter(([name]) => name === 'e' || name === 'f')
    .map(([name, value]) => {
      if (name === 'e') return value;
      return process.system.fs.readText(pathOf(process, value), process.user).replace(/\n$/, '');
    });
  return texts.join('\n');
}

/** The same process without its messages (`-s`). */
function mute(process: Process): Process {
  return { ...process, stderr: new OutputStream(nowhere) };
}

/** Each line of the pattern is an alternative. */
function compileAll(pattern: string, options: Options, kind: string): RegularExpression[] {
  const settings = {
    extended: kind === 'extended' || options.has('E'),
    fixed: kind === 'fixed' || options.has('F'),
    ignoreCase: options.has('i'),
    whole: options.has('x'),
  };
  if (!settings.fixed && /^\[:\w+:\]$/.test(pattern))
    throw new UsageError('character class syntax is [[:space:]], not [:space:]', 2);
  try {
    return pattern.split('\n').map((line) => compileRegularExpression(line, settings));
  } catch (error) {
    throw error instanceof RegularExpressionError ? new UsageError(error.message, 2) : error;
  }
}

interface Found {
  readonly start: number;
  readonly end: number;
}

class Selection {
  found = false;
  readonly #process: Process;
  readonly #options: Options;
  readonly #expressions: readonly RegularExpression[];

  constructor(process: Process, options: Options, expressions: readonly RegularExpression[]) {
    this.#process = process;
    this.#options = options;
    this.#expressions = expressions;
  }

  async search(input: InputStream, name: string, several: boolean): Promise<void> {
    const options = this.#options;
    const shown = name === '-' ? '(standard input)' : name;
    const prefix = (several && !options.has('h')) || options.has('H') ? shown : '';
    const quiet = options.has('q', 'l', 'L', 'c');
    const printer = new Printer(this.#process, options, prefix);
    const most = Number(options.value('m') ?? Infinity);
    const end = options.has('z') ? 0 : 10;
    let count = 0;
    for (let number = 1; count < most; number++) {
      const raw = await input.readUntil(end);
      if (raw === undefined) break;
      const line = raw.endsWith(String.fromCharCode(end)) ? raw.slice(0, -1) : raw;
      const match = this.#firstIn(line, 0);
      if ((match !== undefined) === options.has('v')) {
        if (!quiet && !options.has('o')) await printer.context(line, number);
        continue;
      }
      if (!options.has('L')) this.found = true;
      count++;
      if (options.has('q')) return;
      if (options.has('l', 'L')) break;
      if (quiet) continue;
      if (line.includes('\0') && !options.has('a', 'z')) {
        await this.#process.stderr.line(`grep: ${shown}: binary file matches`);
        return;
      }
      if (!options.has('o')) await printer.selected(line, number);
      else if (!options.has('v')) await this.#parts(line, number, printer);
    }
    if (options.has('l') ? count > 0 : options.has('L') && count === 0) {
      if (options.has('L')) this.found = true;
      await this.#process.stdout.line(shown);
    } else if (options.has('c') && !options.has('q', 'l', 'L'))
      await this.#process.stdout.line(`${prefix === '' ? '' : `${prefix}:`}${count}`);
    if (count >= most) await printer.trailing(input);
  }

  async #parts(line: string, number: number, printer: Printer): Promise<void> {
    for (let at = 0; at <= line.length;) {
      const match = this.#firstIn(line, at);
      if (match === undefined) return;
      if (match.end > match.start) await printer.selected(line.slice(match.start, match.end), number);
      at = Math.max(match.end, at + 1);
    }
  }

  /** The leftmost match, and of those at one place the longest. */
  #firstIn(line: string, from: number): Found | undefined {
    let best: Found | undefined;
    for (const expression of this.#expressions) {
      const match = this.#options.has('w') ? wordIn(expression, line, from) : expression.search(line, from);
      if (match === undefined) continue;
      const better =
        best === undefined ||
        match.start < best.start ||
        (match.start === best.start && match.end > best.end);
      if (better) best = match;
    }
    return best;
  }
}

/** `-w`: a match with no letter, digit or underscore beside it; a shorter one at the same place counts, too. */
function wordIn(expression: RegularExpression, line: string, from: number): Found | undefined {
  for (let at = from; at <= line.length;) {
    const match = expression.search(line, at);
    if (match === undefined) return undefined;
    const inside = /\w/;
    for (let { end } = match; end >= match.start;) {
      if (!inside.test(line.charAt(match.start - 1)) && !inside.test(line.charAt(end)))
        return { start: match.start, end };
      const shorter = expression.search(line.slice(0, end - 1), match.start);
      if (shorter?.start !== match.start || end - 1 < match.start) break;
      end = shorter.end;
    }
    at = match.start + 1;
  }
  return undefined;
}

/** Prints selected lines with what `-n`, file names and `-A`, `-B`, `-C` put around them. */
class Printer {
  readonly #process: Process;
  readonly #number: boolean;
  readonly #prefix: string;
  readonly #after: number;
  readonly #before: number;
  #waiting: { line: string; number: number }[] = [];
  #left = 0;
  #printed = 0;

  constructor(process: Process, options: Options, prefix: string) {
    this.#process = process;
    this.#prefix = prefix;
    this.#number = options.has('n');
    this.#after = Number(options.value('A') ?? options.value('C') ?? 0);
    this.#before = Number(options.value('B') ?? options.value('C') ?? 0);
  }

  async selected(line: string, number: number): Promise<void> {
    const first = this.#waiting[0]?.number ?? number;
    if (this.#after + this.#before > 0 && this.#printed > 0 && first > this.#printed + 1)
      await this.#process.stdout.line('--');
    for (const each of this.#waiting.splice(0)) await this.#print(each.line, each.number, '-');
    await this.#print(line, number, ':');
    this.#left = this.#after;
  }

  /** A line that is not selected. */
  async context(line: string, number: number): Promise<void> {
    if (this.#left > 0) {
      this.#left--;
      await this.#print(line, number, '-');
      return;
    }
    this.#waiting.push({ line, number });
    if (this.#waiting.length > this.#before) this.#waiting.shift();
  }

  /** After the last line that `-m` allows. */
  async trailing(input: InputStream): Promise<void> {
    for (; this.#left > 0; this.#left--) {
      const line = await input.readLine();
      if (line === undefined) return;
      await this.#print(line.replace(/\n$/, ''), this.#printed + 1, '-');
    }
  }

  async #print(line: string, number: number, mark: ':' | '-'): Promise<void> {
    this.#printed = number;
    const name = this.#prefix === '' ? '' : `${this.#prefix}${mark}`;
    await this.#process.stdout.line(`${name}${this.#number ? `${number}${mark}` : ''}${line}`);
  }
}

function filesUnder(process: Process, operands: readonly string[], options: Options): string[] {
  const found: string[] = [];
  const fits = (name: string, globs: readonly string[]) =>
    globs.some((glob) => matches(compilePattern([{ text: glob, quoted: false }]), name));
  const included = options.values('include');
  const wanted = (name: string) =>
    (included.length === 0 || fits(name, included)) && !fits(name, options.values('exclude'));
  const visit = (operand: string, depth: number) => {
    const node = process.system.fs.find(pathOf(process, operand), process.user);
    if (node?.kind === 'directory') {
      for (const name of node.entries.keys()) visit(operand === '' ? name : join(operand, name), depth + 1);
    } else if (depth === 0 || wanted(basename(operand))) found.push(operand);
  };
  for (const operand of operands.length === 0 ? [''] : operands) visit(operand, 0);
  return found;
}

export const grepPrograms: Readonly<Record<string, Program>> = {
  grep: grepAs('basic'),
  egrep: grepAs('extended'),
  fgrep: grepAs('fixed'),
};
