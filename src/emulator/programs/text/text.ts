import { createHash } from 'node:crypto';
import { absolute, basename, dirname } from '../../filesystem/index.js';
import { fileSink } from '../../os/file-streams.js';
import type { Process, Program } from '../../os/process.js';
import { OutputStream, type InputStream } from '../../os/streams.js';
import { UsageError } from '../../os/execute.js';
import { attempt, eachInput, openInput } from '../inputs.js';
import { parseOptions, type Options } from '../options.js';

const cat: Program = async (process) => {
  const options = parseOptions(process.args, 'n|number b s A|show-all E T e t u v');
  const lineByLine = options.has('n', 'b', 's', 'A', 'E', 'T', 'e', 't', 'v');
  let number = 0;
  let blank = false;
  return eachInput(process, options.operands, async (input) => {
    if (!lineByLine) {
      for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read())
        await process.stdout.write(chunk);
      return;
    }
    for await (const line of input.lines()) {
      if (options.has('s') && blank && line === '\n') continue;
      blank = line === '\n';
      const numbered = options.has('b') ? line !== '\n' : options.has('n');
      const prefix = numbered ? `${String(++number).padStart(6)}\t` : '';
      await process.stdout.write(`${prefix}${visible(line, options)}`);
    }
  });
};

/** `-v`, `-T` and `-E`: what cannot be seen, in signs that can. */
function visible(line: string, options: Options): string {
  const end = line.endsWith('\n') ? '\n' : '';
  let text = end === '' ? line : line.slice(0, -1);
  if (options.has('v', 'A', 'e', 't')) text = Array.from(Buffer.from(text), signOf).join('');
  if (options.has('T', 'A', 't')) text = text.replaceAll('\t', '^I');
  return `${text}${options.has('E', 'A', 'e') && end !== '' ? '$' : ''}${end}`;
}

function signOf(byte: number): string {
  if (byte >= 128) return `M-${signOf(byte - 128)}`;
  if (byte === 9) return '\t';
  if (byte === 127) return '^?';
  return byte < 32 ? `^${String.fromCharCode(byte + 64)}` : String.fromCharCode(byte);
}

const tee: Program = async (process) => {
  const options = parseOptions(process.args, 'a|append i');
  const outputs: OutputStream[] = [process.stdout];
  const opened = await eachOperand(process, options.operands, (operand) => {
    const path = absolute(process.cwd, operand);
    const sink = fileSink(process.system.fs, path, process.user, options.has('a'));
    if (sink === 'stdout') outputs.push(process.stdout);
    else outputs.push(sink === 'stderr' ? process.stderr : new OutputStream(sink));
  });
  for (let chunk = await process.stdin.read(); chunk !== undefined; chunk = await process.stdin.read()) {
    for (const output of outputs) await output.write(chunk);
  }
  return opened;
};

async function eachOperand(
  process: Process,
  operands: readonly string[],
  step: (operand: string) => void,
): Promise<number> {
  let status = 0;
  for (const operand of operands) {
    try {
      step(operand);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      await process.stderr.line(`${process.args[0] ?? ''}: ${operand}: ${error.message}`);
      status = 1;
    }
  }
  return status;
}

/** A number of lines or bytes with a unit: `10`, `1K`, `2M`. */
function amount(text: string, what: 'lines' | 'bytes'): { count: number; sign: string } {
  const [, sign = '', digits, unit = ''] = /^([-+]?)(\d+)([kKMG]?)B?$/.exec(text) ?? [];
  if (digits === undefined) throw new UsageError(`invalid number of ${what}: '${text}'`);
  return { count: Number(digits) * (UNITS[unit] ?? 1), sign };
}

const UNITS: Readonly<Record<string, number>> = { k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

interface Part {
  readonly lines: { count: number; sign: string };
  readonly bytes: { count: number; sign: string } | undefined;
}

/** head and tail: a part of each file, under its name when there are several. */
function partProgram(print: (input: InputStream, process: Process, part: Part) => Promise<void>): Program {
  return async (process) => {
    const [name = '', first = '', ...rest] = process.args;
    // `-5`, and tail's old `+5`.
    const old =
      /^[-](\d+)$/.exec(first)?.[1] ?? (name.endsWith('tail') ? /^(\+\d+)$/.exec(first)?.[1] : undefined);
    const args = old === undefined ? process.args : [name, `-n${old}`, ...rest];
    const options = parseOptions(args, PART_OPTIONS);
    const bytes = options.value('c');
    const part = {
      lines: amount(options.value('n') ?? '10', 'lines'),
      bytes: bytes === undefined ? undefined : amount(bytes, 'bytes'),
    };
    const titled = (options.operands.length > 1 || options.has('v')) && !options.has('q');
    let separator = '';
    return eachInput(
      process,
      options.operands,
      async (input, operand) => {
        const title = operand === '-' ? 'standard input' : operand;
        if (titled) await process.stdout.line(`${separator}==> ${title} <==`);
        separator = '\n';
        await print(input, process, part);
      },
      1,
      (operand) => `cannot open '${operand}' for reading`,
    );
  };
}

const PART_OPTIONS = 'n|lines: c|bytes: q|quiet|silent v|verbose f';

const head = partProgram(async (input, process, { lines, bytes }) => {
  if (bytes?.sign === '-' || lines.sign === '-') {
    const content = await input.readAll();
    if (bytes !== undefined)
      return process.stdout.write(content.subarray(0, Math.max(0, content.length - bytes.count)));
    const all = linesOf(content);
    return process.stdout.write(all.slice(0, Math.max(0, all.length - lines.count)).join(''));
  }
  if (bytes !== undefined) return copyBytes(input, process, bytes.count);
  for (let left = lines.count; left > 0; left--) {
    const line = await input.readLine();
    if (line === undefined) return;
    await process.stdout.write(line);
  }
});

async function copyBytes(input: InputStream, process: Process, count: number): Promise<void> {
  for (let left = count; left > 0;) {
    const chunk = await input.read();
    if (chunk === undefined) return;
    await process.stdout.write(chunk.subarray(0, left));
    left -= chunk.length;
  }
}

function linesOf(content: Buffer): readonly string[] {
  return content.toString('utf8').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

const tail = partProgram(async (input, process, { lines, bytes }) => {
  const content = await input.readAll();
  if (bytes !== undefined) {
    const start = bytes.sign === '+' ? bytes.count - 1 : content.length - bytes.count;
    return process.stdout.write(content.subarray(Math.max(0, start)));
  }
  const all = linesOf(content);
  const start = lines.sign === '+' ? lines.count - 1 : all.length - lines.count;
  return process.stdout.write(all.slice(Math.max(0, start)).join(''));
});

const wc: Program = async (process) => {
  const options = parseOptions(process.args, 'l|lines w|words c|bytes m|chars L');
  const all = !options.has('l', 'w', 'c', 'm', 'L');
  const shown = [
    all || options.has('l'),
    all || options.has('w'),
    options.has('m'),
    all || options.has('c'),
    options.has('L'),
  ];
  const rows: (readonly [counts: number[], name: string])[] = [];
  const status = await eachInput(process, options.operands, async (input, operand) => {
    const content = await input.readAll();
    const text = content.toString('utf8');
    const lines = text.split('\n');
    const words = text.split(/\s+/).filter((word) => word !== '').length;
    const longest = Math.max(...lines.map((line) => line.length));
    const counts = [lines.length - 1, words, Array.from(text).length, content.length, longest];
    rows.push([counts, options.operands.length === 0 ? '' : operand]);
  });
  if (options.operands.length > 1) rows.push([totals(rows.map(([counts]) => counts)), 'total']);
  const width = widthOf(process, options.operands, shown);
  for (const [counts, name] of rows) {
    const columns = counts
      .filter((_count, index) => shown[index])
      .map((count) => String(count).padStart(width));
    await process.stdout.line(name === '' ? columns.join(' ') : `${columns.join(' ')} ${name}`);
  }
  return status;
};

function totals(rows: readonly (readonly number[])[]): number[] {
  return rows.reduce<number[]>((sums, row) => row.map((count, index) => count + (sums[index] ?? 0)), []);
}

/** How wide wc's columns are: for regular files as their sizes, for pipes seven; one number needs no width. */
function widthOf(process: Process, operands: readonly string[], shown: readonly boolean[]): number {
  if (operands.length <= 1 && shown.filter(Boolean).length === 1) return 1;
  const nodes = operands.map((operand) =>
    process.system.fs.find(absolute(process.cwd, operand), process.user),
  );
  if (operands.length === 0 || nodes.some((node) => node !== undefined && node.kind !== 'file')) return 7;
  const sizes = nodes.map((node) => (node?.kind === 'file' ? node.size : 0));
  return String(sizes.reduce((sum, size) => sum + size, 0)).length;
}

function digest(algorithm: string): Program {
  return async (process) => {
    const table = 'b c|check t quiet status strict ignore-missing';
    const options = parseOptions(process.args, table);
    const sumOf = async (input: InputStream) =>
      createHash(algorithm)
        .update(await input.readAll())
        .digest('hex');
    if (options.has('c')) {
      let failed = 0;
      const status = await eachInput(process, options.operands, async (input, operand) => {
        if (!(await checkSums(process, options, (await input.readAll()).toString('utf8'), operand, sumOf)))
          failed = 1;
      });
      return Math.max(status, failed);
    }
    return eachInput(process, options.operands, async (input, operand) =>
      process.stdout.line(`${await sumOf(input)} ${options.has('b') ? '*' : ' '}${operand}`),
    );
  };
}

/** `-c`: each line is a sum and a file; whether all of them are right. */
async function checkSums(
  process: Process,
  options: Options,
  list: string,
  operand: string,
  sumOf: (input: InputStream) => Promise<string>,
): Promise<boolean> {
  const [name = ''] = process.args;
  const quiet = options.has('quiet', 'status');
  let [checked, wrong, unreadable, lines] = [0, 0, 0, 0];
  for (const line of list.split('\n')) {
    const [, sum, file] = /^\\?([0-9a-fA-F]{32,128}) [ *]?(.+)$/.exec(line) ?? [];
    if (sum === undefined || file === undefined) continue;
    lines++;
    const missing = process.system.fs.find(absolute(process.cwd, file), process.user) === undefined;
    if (missing && options.has('ignore-missing')) continue;
    const failed = await attempt(process, file, async () => {
      const right = (await sumOf(openInput(process, file))) === sum.toLowerCase();
      checked++;
      if (!right) wrong++;
      if (!right && !options.has('status')) await process.stdout.line(`${file}: FAILED`);
      else if (!quiet) await process.stdout.line(`${file}: OK`);
    });
    if (failed === 0) continue;
    unreadable++;
    if (!options.has('status')) await process.stdout.line(`${file}: FAILED open or read`);
  }
  const warn = (text: string) =>
    options.has('status') ? Promise.resolve() : process.stderr.line(`${name}: ${text}`);
  if (lines === 0) {
    const shown = operand === '-' ? "'standard input'" : operand;
    await process.stderr.line(`${name}: ${shown}: no properly formatted checksum lines found`);
    return false;
  }
  const plural = (count: number, one: string, many: string) =>
    `WARNING: ${count} ${count === 1 ? one : many}`;
  if (unreadable > 0)
    await warn(plural(unreadable, 'listed file could not be read', 'listed files could not be read'));
  if (wrong > 0)
    await warn(plural(wrong, 'computed checksum did NOT match', 'computed checksums did NOT match'));
  if (checked + unreadable === 0) await warn(`${operand}: no file was verified`);
  return wrong + unreadable === 0 && checked > 0;
}

const base64: Program = async (process) => {
  const options = parseOptions(process.args, 'd|decode w|wrap:');
  const width = Number(options.value('w') ?? 76);
  return eachInput(process, options.operands, async (input) => {
    const content = await input.readAll();
    if (options.has('d')) return process.stdout.write(Buffer.from(content.toString('latin1'), 'base64'));
    const text = content.toString('base64');
    const lines = width > 0 ? (text.match(new RegExp(`.{1,${Math.min(width, 10_000)}}`, 'g')) ?? []) : [text];
    return process.stdout.write(width > 0 ? lines.map((line) => `${line}\n`).join('') : text);
  });
};

const basenameProgram: Program = async (process) => {
  const table = 'a|multiple s|suffix: z';
  const options = parseOptions(process.args, table);
  const [first, second, extra] = options.operands;
  if (first === undefined) throw new UsageError('missing operand');
  const several = options.has('a', 's');
  if (!several && extra !== undefined) throw new UsageError(`extra operand '${extra}'`);
  const suffix = options.value('s') ?? (several ? undefined : second);
  for (const path of several ? options.operands : [first]) {
    const name = path === '' ? '' : basename(path);
    const cut = suffix !== undefined && suffix !== '' && name.endsWith(suffix) && name !== suffix;
    await process.stdout.line(cut ? name.slice(0, -suffix.length) : name);
  }
  return 0;
};

const dirnameProgram: Program = async (process) => {
  const { operands } = parseOptions(process.args, 'z');
  if (operands.length === 0) throw new UsageError('missing operand');
  for (const path of operands) await process.stdout.line(dirname(path));
  return 0;
};

export const textPrograms: Readonly<Record<string, Program>> = {
  cat,
  tee,
  head,
  tail,
  wc,
  base64,
  sha256sum: digest('sha256'),
  md5sum: digest('md5'),
  basename: basenameProgram,
  dirname: dirnameProgram,
};
