import { unescape } from '../../shell/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/usage-error.js';
import { eachInput } from '../inputs.js';
import { launch } from '../launch.js';
import { parseOptions } from '../options.js';

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

const sort: Program = async (process) => {
  const options = parseOptions(process.args, {
    r: 'flag',
    n: 'flag',
    u: 'flag',
    k: 'value',
    t: 'value',
    V: 'flag',
    f: 'flag',
    h: 'flag',
  });
  const { lines, status } = await allLines(process, options.operands);
  const column = Number(/^\d+/.exec(options.value('k') ?? '')?.[0] ?? 0);
  const separator = options.value('t') ?? /\s+/;
  const key = (line: string) => (column === 0 ? line : (line.split(separator)[column - 1] ?? ''));
  const numeric = options.has('n', 'h');
  const collator = new Intl.Collator('en', { numeric: true });
  const compare = (left: string, right: string) => {
    if (numeric) return (parseFloat(left) || 0) - (parseFloat(right) || 0);
    if (options.has('V')) return collator.compare(left, right);
    return left < right ? -1 : left > right ? 1 : 0;
  };
  const sorted = lines.sort((left, right) => compare(key(left), key(right)) * (options.has('r') ? -1 : 1));
  const shown = options.has('u') ? sorted.filter((line, index) => line !== sorted[index - 1]) : sorted;
  for (const line of shown) await process.stdout.line(line);
  return status;
};

const uniq: Program = async (process) => {
  const options = parseOptions(process.args, { c: 'flag', d: 'flag', u: 'flag', i: 'flag' });
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
  const options = parseOptions(process.args, {
    d: 'value',
    f: 'value',
    c: 'value',
    b: '=c',
    s: 'flag',
    'output-delimiter': 'value',
  });
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
  const options = parseOptions(process.args, { d: 'flag', s: 'flag', c: 'flag', C: '=c' });
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
  const numbers = process.args.slice(1).map(Number);
  if (numbers.length === 0 || numbers.some((value) => !Number.isFinite(value)))
    throw new UsageError('invalid argument');
  const [first = 1, step = 1, last = 1] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  if (step === 0) throw new UsageError("invalid Zero increment value: '0'");
  let count = 0;
  let block = '';
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) {
    block += `${value}\n`;
    if (++count % NUMBERS_PER_STEP === 0) await process.budget.step();
    if (block.length < BLOCK) continue;
    await process.stdout.write(block);
    block = '';
  }
  await process.stdout.write(block);
  return 0;
};

const xargs: Program = async (process) => {
  const options = parseOptions(
    process.args,
    { r: 'flag', n: 'value', 0: 'flag', I: 'value', t: 'flag', P: 'value', d: 'value' },
    { stopAtOperand: true },
  );
  const text = (await process.stdin.readAll()).toString('utf8');
  const mark = options.value('I');
  const items = text
    .split(options.has('0') ? '\0' : mark === undefined ? /\s+/ : '\n')
    .filter((item) => item !== '');
  if (items.length === 0 && options.has('r')) return 0;
  const command = options.operands.length === 0 ? ['echo'] : options.operands;
  const size = mark === undefined ? Math.max(1, Number(options.value('n') ?? items.length)) : 1;
  let status = 0;
  for (let start = 0; start < Math.max(1, items.length); start += Math.max(1, size)) {
    const group = items.slice(start, start + Math.max(1, size));
    const args =
      mark === undefined
        ? [...command, ...group]
        : command.map((word) => word.replaceAll(mark, group[0] ?? ''));
    if ((await launch(process, args, (name) => name)) !== 0) status = 123;
  }
  return status;
};

export const filterPrograms: Readonly<Record<string, Program>> = { sort, uniq, cut, tr, seq, xargs };
