import { join } from '../../filesystem/index.js';
import {
  compileRegularExpression,
  RegularExpressionError,
  type RegularExpression,
} from '../../regex/index.js';
import type { Process, Program } from '../../os/process.js';
import { nowhere, OutputStream } from '../../os/streams.js';
import { UsageError } from '../../os/usage-error.js';
import { eachInput, pathOf } from '../inputs.js';
import { parseOptions, type Options, type OptionTable } from '../options.js';

const TABLE: OptionTable = {
  E: 'flag',
  'extended-regexp': '=E',
  F: 'flag',
  'fixed-strings': '=F',
  G: 'flag',
  e: 'value',
  regexp: '=e',
  i: 'flag',
  'ignore-case': '=i',
  v: 'flag',
  'invert-match': '=v',
  x: 'flag',
  'line-regexp': '=x',
  w: 'flag',
  q: 'flag',
  quiet: '=q',
  silent: '=q',
  s: 'flag',
  'no-messages': '=s',
  c: 'flag',
  count: '=c',
  n: 'flag',
  l: 'flag',
  o: 'flag',
  h: 'flag',
  H: 'flag',
  r: 'flag',
  R: '=r',
  m: 'value',
  a: 'flag',
  color: 'flag',
};

/** grep; status 0 when something was selected, 1 when nothing, 2 on errors. */
function grepAs(kind: 'basic' | 'extended' | 'fixed'): Program {
  return async (process) => {
    const options = parseOptions(process.args, TABLE, { status: 2 });
    const given = options.values('e');
    const [first, ...others] = options.operands;
    const pattern = given.length > 0 ? given.join('\n') : first;
    if (pattern === undefined) throw new UsageError('usage: grep [OPTION]... PATTERNS [FILE]...', 2);
    const operands = given.length > 0 ? options.operands : others;
    const selection = new Selection(process, options, compileAll(pattern, options, kind));
    const files = options.has('r') ? filesUnder(process, operands) : operands;
    const status = await eachInput(
      options.has('s') ? mute(process) : process,
      files,
      (input, name) => selection.search(input.lines(), name, files.length > 1),
      2,
    );
    return selection.found ? 0 : status === 0 ? 1 : status;
  };
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
  try {
    return pattern.split('\n').map((line) => {
      return compileRegularExpression(options.has('w') && !settings.fixed ? `\\b${line}\\b` : line, settings);
    });
  } catch (error) {
    throw error instanceof RegularExpressionError ? new UsageError(error.message, 2) : error;
  }
}

class Selection {
  found = false;

  constructor(
    private readonly process: Process,
    private readonly options: Options,
    private readonly expressions: readonly RegularExpression[],
  ) {}

  async search(lines: AsyncIterable<string>, name: string, several: boolean): Promise<void> {
    const { options } = this;
    const shown = name === '-' ? '(standard input)' : name;
    const prefix = (several && !options.has('h')) || options.has('H') ? `${shown}:` : '';
    const most = Number(options.value('m') ?? Infinity);
    let count = 0;
    let number = 0;
    for await (const raw of lines) {
      number++;
      const line = raw.replace(/\n$/, '');
      if (this.#selects(line) === options.has('v')) continue;
      this.found = true;
      count++;
      if (options.has('q')) return;
      if (options.has('l')) return this.process.stdout.line(shown);
      if (!options.has('c')) await this.#print(line, `${prefix}${options.has('n') ? `${number}:` : ''}`);
      if (count >= most) break;
    }
    if (options.has('c') && !options.has('q')) await this.process.stdout.line(`${prefix}${count}`);
  }

  #selects(line: string): boolean {
    return this.expressions.some((expression) => expression.search(line) !== undefined);
  }

  async #print(line: string, prefix: string): Promise<void> {
    if (!this.options.has('o')) return this.process.stdout.line(`${prefix}${line}`);
    for (let at = 0; at <= line.length;) {
      const match = this.expressions.map((each) => each.search(line, at)).find((each) => each !== undefined);
      if (match === undefined) return;
      if (match.end > match.start)
        await this.process.stdout.line(`${prefix}${line.slice(match.start, match.end)}`);
      at = Math.max(match.end, at + 1);
    }
  }
}

function filesUnder(process: Process, operands: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (operand: string) => {
    const node = process.system.fs.find(pathOf(process, operand), process.user);
    if (node?.kind !== 'directory') found.push(operand);
    else for (const name of node.entries.keys()) visit(join(operand, name));
  };
  for (const operand of operands.length === 0 ? ['.'] : operands) visit(operand);
  return found;
}

export const grepPrograms: Readonly<Record<string, Program>> = {
  grep: grepAs('basic'),
  egrep: grepAs('extended'),
  fgrep: grepAs('fixed'),
};
