import { absolute } from '../../filesystem/index.js';
import { unescape } from '../../shell/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { eachInput } from '../inputs.js';
import { launch } from '../launch.js';
import { parseOptions, type Options } from '../options.js';

async function allLines(
  process: Process,
  operands: readonly string[],
): Promise<{ lines: string[]; status: number }> {
  const lines: string[] = [];
  const status = await eachInput(process, operands, async (input) => {
    for await (const line of input.lines()) lines.push(line.replace(/\n$/, ''));
  });
  return { lines, status };
}

const SORT_OPTIONS =
  'r|reverse n|numeric-sort u|unique k|key: t|field-separator: V|version-sort f h b s o|output: c C';

type Comparison = (left: string, right: string) => number;

/** A part of a line and how it compares: `-k 2,3nr`. */
interface SortKey {
  readonly from: number;
  readonly to: number;
  readonly letters: string;
}

function sortKeys(options: Options): SortKey[] {
  const common = ['n', 'r', 'f', 'h', 'V', 'b'].filter((letter) => options.has(letter)).join('');
  return options.values('k').map((text) => {
    const [whole, from, first = '', to, second = ''] =
      /^(\d+)(?:\.\d+)?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(text) ?? [];
    if (whole === undefined)
      throw new UsageError(`invalid number at field start: invalid count at start of '${text}'`, 2);
    const letters = `${first}${second}`;
    return { from: Number(from), to: Number(to ?? Infinity), letters: letters === '' ? common : letters };
  });
}

/** Fields from 1; without a separator each begins with the blanks before it. */
function keyOf(line: string, { from, to, letters }: SortKey, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/[ \t]*[^ \t]*/g) ?? []) : line.split(separator);
  const text = fields.slice(from - 1, to).join(separator ?? '');
  return letters.includes('b') ? text.trimStart() : text;
}

const SIZES = ['', 'K', 'M', 'G', 'T', 'P'];

function sizeIn(text: string): number {
  const [, number = '0', unit = ''] = /^\s*(-?\d*\.?\d*)([KMGTP]?)/i.exec(text) ?? [];
  return Number(number) * 1024 ** Math.max(0, SIZES.indexOf(unit.toUpperCase()));
}

const collator = new Intl.Collator('en', { numeric: true });
const byText: Comparison = (left, right) => (left < right ? -1 : left > right ? 1 : 0);

function comparisonOf(letters: string): Comparison {
  const plain: Comparison = letters.includes('n')
    ? (left, right) => (parseFloat(left) || 0) - (parseFloat(right) || 0)
    : letters.includes('h')
      ? (left, right) => sizeIn(left) - sizeIn(right)
      : letters.includes('V')
        ? (left, right) => collator.compare(left, right)
        : letters.includes('f')
          ? (left, right) => byText(left.toUpperCase(), right.toUpperCase())
          : byText;
  return letters.includes('r') ? (left, right) => plain(right, left) : plain;
}

const sort: Program = async (process) => {
  const options = parseOptions(process.args, SORT_OPTIONS, { status: 2 });
  const separator = options.value('t');
  const letters = ['n', 'r', 'f', 'h', 'V', 'b'].filter((letter) => options.has(letter)).join('');
  const whole = comparisonOf(letters);
  const trimmed = (line: string) => (options.has('b') ? line.trimStart() : line);
  const keys = sortKeys(options).map((key) => ({ key, compare: comparisonOf(key.letters) }));
  const compare: Comparison = (left, right) => {
    for (const { key, compare: byKey } of keys) {
      const order = byKey(keyOf(left, key, separator), keyOf(right, key, separator));
      if (order !== 0) return order;
    }
    return keys.length > 0 ? 0 : whole(trimmed(left), trimmed(right));
  };
  // Lines that compare as equal are in the order of their bytes, unless -s or -u.
  const last: Comparison = options.has('r') ? (left, right) => byText(right, left) : byText;
  const lines: string[] = [];
  const status = await eachInput(
    process,
    options.operands,
    async (input) => {
      for await (const line of input.lines()) lines.push(line.replace(/\n$/, ''));
    },
    2,
    (operand) => `cannot read: ${operand}`,
  );
  if (status !== 0) return status;
  if (options.has('c', 'C')) return checkOrder(process, options, lines, compare);
  const stable = options.has('s', 'u');
  const ordered = lines.sort((left, right) => compare(left, right) || (stable ? 0 : last(left, right)));
  const shown = options.has('u')
    ? ordered.filter((line, index) => index === 0 || compare(ordered[index - 1] ?? '', line) !== 0)
    : ordered;
  const text = shown.map((line) => `${line}\n`).join('');
  const output = options.value('o');
  if (output === undefined) await process.stdout.write(text);
  else process.system.fs.writeFile(absolute(process.cwd, output), text, process.user);
  return 0;
};

async function checkOrder(
  process: Process,
  options: Options,
  lines: readonly string[],
  compare: Comparison,
): Promise<number> {
  const wrong = lines.findIndex((line, index) => index > 0 && compare(lines[index - 1] ?? '', line) > 0);
  if (wrong < 0) return 0;
  const [file = '-'] = options.operands;
  if (options.has('c'))
    await process.stderr.line(`sort: ${file}:${wrong + 1}: disorder: ${lines[wrong] ?? ''}`);
  return 1;
}

const uniq: Program = async (process) => {
  const options = parseOptions(process.args, 'c d u i');
  const { lines, status } = await allLines(process, options.operands);
  for (let index = 0; index < lines.length;) {
    const start = index;
    while (index < lines.length && lines[index] === lines[start]) index++;
    const count = index - start;
    if ((options.has('d') && count === 1) || (options.has('u') && count > 1)) continue;
    const line = lines[start] ?? '';
    await process.stdout.line(options.has('c') ? `${String(count).padStart(7)} ${line}` : line);
  }
  return status;
};

/** Positions that a list such as `1,3-5,7-` names, from 1. */
function positions(list: string): (position: number) => boolean {
  const ranges = list.split(',').map((range) => {
    const [, low = '', dash = '', high = ''] = /^(\d*)(-?)(\d*)$/.exec(range) ?? [];
    if (low === '' && high === '') throw new UsageError('invalid field range');
    const first = low === '' ? 1 : Number(low);
    return { first, last: dash === '' ? first : high === '' ? Infinity : Number(high) };
  });
  return (position) => ranges.some(({ first, last }) => first <= position && position <= last);
}

const cut: Program = async (process) => {
  const options = parseOptions(process.args, 'd: f: c|b: s output-delimiter:');
  const fields = options.value('f');
  const selected = positions(fields ?? options.value('c') ?? '');
  const delimiter = fields === undefined ? '' : (options.value('d') ?? '\t');
  return eachInput(process, options.operands, async (input) => {
    for await (const raw of input.lines()) {
      const line = raw.replace(/\n$/, '');
      const whole = fields !== undefined && !line.includes(delimiter);
      if (whole && options.has('s')) continue;
      const pieces = line.split(delimiter).filter((_piece, index) => selected(index + 1));
      await process.stdout.line(whole ? line : pieces.join(options.value('output-delimiter') ?? delimiter));
    }
  });
};

const CLASSES: Readonly<Record<string, string>> = {
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  digit: '0123456789',
  space: ' \t\n\r\v\f',
};

function alphabet(text: string): string {
  return unescape(text, 'bash-format')
    .text.replace(/\[:(\w+):\]/g, (whole, name: string) => CLASSES[name] ?? whole)
    .replace(/([a-zA-Z0-9])-([a-zA-Z0-9])/g, (_whole, low: string, high: string) => {
      const length = Math.max(0, high.charCodeAt(0) - low.charCodeAt(0) + 1);
      return Array.from({ length }, (_unused, index) => String.fromCharCode(low.charCodeAt(0) + index)).join(
        '',
      );
    });
}

const tr: Program = async (process) => {
  const options = parseOptions(process.args, 'd s c|C');
  const [from = '', to = ''] = options.operands.map(alphabet);
  const inSet = (char: string) => from.includes(char) !== options.has('c');
  let previous = '';
  const translated = (char: string) => {
    if (!inSet(char)) return char;
    if (options.has('d')) return '';
    if (to === '') return char;
    return to[from.indexOf(char)] ?? to.slice(-1);
  };
  for (let chunk = await process.stdin.read(); chunk !== undefined; chunk = await process.stdin.read()) {
    let output = '';
    for (const char of Buffer.from(chunk).toString('utf8')) {
      const result = translated(char);
      const squeezed = options.has('s') && inSet(char) && result === previous;
      if (!squeezed) output += result;
      previous = result;
    }
    await process.stdout.write(output);
  }
  return 0;
};

/** Counting is cheaper than running commands. */
const NUMBERS_PER_STEP = 10;

/** Characters written at once: a write per number would cost more than the numbers. */
const BLOCK = 4096;

const seq: Program = async (process) => {
  const { words, separator, padded } = seqOptions(process.args.slice(1));
  if (words.length === 0) throw new UsageError('missing operand');
  if (words.length > 3) throw new UsageError(`extra operand '${words[3] ?? ''}'`);
  const wrong = words.find((word) => word.trim() === '' || !Number.isFinite(Number(word)));
  if (wrong !== undefined) throw new UsageError(`invalid floating point argument: '${wrong}'`);
  const [first = '1', step = '1', last = '1'] =
    words.length === 1 ? ['1', '1', words[0]] : words.length === 2 ? [words[0], '1', words[1]] : words;
  const by = Number(step);
  if (by === 0) throw new UsageError(`invalid Zero increment value: '${step}'`);
  const places = Math.max(...[first, step].map((word) => (word.split('.')[1] ?? '').length));
  const width = padded
    ? Math.max(...[Number(first), Number(last)].map((value) => value.toFixed(places).length))
    : 0;
  const slack = Math.abs(by) * 1e-9;
  let block = '';
  for (let count = 0; ; count++) {
    const value = Number(first) + count * by;
    if (by > 0 ? value > Number(last) + slack : value < Number(last) - slack) {
      await process.stdout.write(`${block}${count === 0 ? '' : '\n'}`);
      return 0;
    }
    const text = value.toFixed(places);
    block += `${count === 0 ? '' : separator}${text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0')}`;
    if (count % NUMBERS_PER_STEP === 0) await process.budget.step();
    if (block.length < BLOCK) continue;
    await process.stdout.write(block);
    block = '';
  }
};

/** Options stand before the numbers, which may be negative. */
function seqOptions(given: readonly string[]): {
  words: readonly string[];
  separator: string;
  padded: boolean;
} {
  const words = [...given];
  let separator = '\n';
  let padded = false;
  for (let word = words[0]; word !== undefined && /^-[a-z-]/.test(word); word = words[0]) {
    words.shift();
    if (word === '-w' || word === '--equal-width') padded = true;
    else if (word === '-s') separator = words.shift() ?? '';
    else if (word.startsWith('-s')) separator = word.slice(2);
    else if (word.startsWith('--separator=')) separator = word.slice('--separator='.length);
    else if (word === '--') break;
    else throw new UsageError(`invalid option -- '${word.charAt(1)}'`);
  }
  return { words, separator, padded };
}

const XARGS_OPTIONS = 'r|no-run-if-empty n|max-args: L: 0|null I: t P: d:';

const xargs: Program = async (process) => {
  const options = parseOptions(process.args, XARGS_OPTIONS, { stopAtOperand: true });
  const text = (await process.stdin.readAll()).toString('utf8');
  const mark = options.value('I');
  const items = itemsOf(text, options);
  if (items.length === 0 && (options.has('r') || mark !== undefined)) return 0;
  const command = options.operands.length === 0 ? ['echo'] : options.operands;
  const size =
    mark === undefined ? Math.max(1, Number(options.value('n') ?? options.value('L') ?? items.length)) : 1;
  let status = 0;
  for (let start = 0; start < Math.max(1, items.length); start += size) {
    const group = items.slice(start, start + size).flat();
    const args =
      mark === undefined
        ? [...command, ...group]
        : command.map((word) => word.replaceAll(mark, group[0] ?? ''));
    if (options.has('t')) await process.stderr.line(args.join(' '));
    const ended = await launch(process, args, (name) => name);
    if (ended === 126 || ended === 127) return ended;
    if (ended === 255) {
      await process.stderr.line(`xargs: ${args[0] ?? ''}: exited with status 255; aborting`);
      return 124;
    }
    if (ended !== 0) status = 123;
  }
  return status;
};

/** What xargs hands on, item by item; with -L an item is a line of words. */
function itemsOf(text: string, options: Options): readonly (readonly string[])[] {
  const delimiter = options.has('0') ? '\0' : options.value('d');
  if (delimiter !== undefined) {
    const pieces = text.split(unescape(delimiter, 'bash-format').text);
    if (pieces.at(-1) === '') pieces.pop();
    return pieces.map((piece) => [piece]);
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (options.has('I')) return lines.map((line) => [line.trimStart()]);
  if (options.has('L')) return lines.map(wordsOf);
  return wordsOf(text).map((word) => [word]);
}

/** Words of a text in which quotes and backslashes keep blanks. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:"[^"\n]*"|'[^'\n]*'|\\[^]|[^\s])+/g)) {
    const bare = word.replace(
      /"([^"\n]*)"|'([^'\n]*)'|\\([^])/g,
      (_whole, double?: string, single?: string, escaped?: string) => double ?? single ?? escaped ?? '',
    );
    const open = /["']/.exec(word.replace(/"[^"\n]*"|'[^'\n]*'|\\[^]/g, ''))?.[0];
    if (open !== undefined)
      throw new UsageError(
        `unmatched ${open === "'" ? 'single' : 'double'} quote; by default quotes are special to xargs unless you use the -0 option`,
      );
    words.push(bare);
  }
  return words;
}

export const filterPrograms: Readonly<Record<string, Program>> = { sort, uniq, cut, tr, seq, xargs };
