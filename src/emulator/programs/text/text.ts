import { createHash } from 'node:crypto';
import { absolute, basename, dirname } from '../../filesystem/index.js';
import { fileSink } from '../../os/file-streams.js';
import type { Process, Program } from '../../os/process.js';
import { OutputStream, type InputStream } from '../../os/streams.js';
import { UsageError } from '../../os/usage-error.js';
import { eachInput } from '../inputs.js';
import { parseOptions } from '../options.js';

const cat: Program = async (process) => {
  const options = parseOptions(process.args, { n: 'flag', A: 'flag', u: 'flag', v: 'flag' });
  let number = 0;
  return eachInput(process, options.operands, async (input) => {
    if (options.has('n')) {
      for await (const line of input.lines())
        await process.stdout.write(`${String(++number).padStart(6)}\t${line}`);
      return;
    }
    for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read()) {
      await process.stdout.write(chunk);
    }
  });
};

const tee: Program = async (process) => {
  const options = parseOptions(process.args, { a: 'flag', append: '=a', i: 'flag' });
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

const head: Program = async (process) => {
  const { count, bytes, operands } = counts(process);
  return eachInput(process, operands, async (input) => {
    if (bytes !== undefined) return copyBytes(input, process, bytes);
    for (let left = count; left > 0; left--) {
      const line = await input.readLine();
      if (line === undefined) return;
      await process.stdout.write(line);
    }
  });
};

async function copyBytes(input: InputStream, process: Process, count: number): Promise<void> {
  for (let left = count; left > 0;) {
    const chunk = await input.read();
    if (chunk === undefined) return;
    await process.stdout.write(chunk.subarray(0, left));
    left -= chunk.length;
  }
}

const tail: Program = async (process) => {
  const { count, bytes, operands, fromStart } = counts(process);
  return eachInput(process, operands, async (input) => {
    const content = await input.readAll();
    if (bytes !== undefined)
      return process.stdout.write(content.subarray(Math.max(0, content.length - bytes)));
    const lines = content.toString('utf8').match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const kept = fromStart
      ? lines.slice(Math.max(0, count - 1))
      : lines.slice(Math.max(0, lines.length - count));
    return process.stdout.write(kept.join(''));
  });
};

function counts(process: Process) {
  const [name = '', ...rest] = process.args;
  const args = [name, ...rest.map((word) => word.replace(/^-(\d+)$/, '-n$1'))];
  const table = { n: 'value', lines: '=n', c: 'value', bytes: '=c', q: 'flag', f: 'flag' } as const;
  const options = parseOptions(args, table);
  const lines = options.value('n') ?? '10';
  const bytes = options.value('c');
  if (!/^[-+]?\d+$/.test(lines)) throw new UsageError(`invalid number of lines: '${lines}'`);
  const count = Math.abs(Number(lines));
  return {
    count,
    bytes: bytes === undefined ? undefined : Math.abs(Number(bytes)),
    operands: options.operands,
    fromStart: lines.startsWith('+'),
  };
}

const wc: Program = async (process) => {
  const options = parseOptions(process.args, { l: 'flag', w: 'flag', c: 'flag', m: 'flag' });
  return eachInput(process, options.operands, async (input, operand) => {
    const content = await input.readAll();
    const text = content.toString('utf8');
    const lines = text.split('\n').length - 1;
    const words = text.split(/\s+/).filter((word) => word !== '').length;
    const all = !options.has('l', 'w', 'c', 'm');
    const columns = [
      ...(all || options.has('l') ? [lines] : []),
      ...(all || options.has('w') ? [words] : []),
      ...(all || options.has('c') ? [content.length] : []),
      ...(options.has('m') ? [Array.from(text).length] : []),
    ];
    const shown =
      columns.length === 1 ? String(columns[0]) : columns.map((value) => String(value).padStart(7)).join(' ');
    await process.stdout.line(operand === '-' ? shown : `${shown} ${operand}`);
  });
};

function digest(algorithm: string): Program {
  return (process) =>
    eachInput(process, parseOptions(process.args, { b: 'flag' }).operands, async (input, operand) => {
      const sum = createHash(algorithm)
        .update(await input.readAll())
        .digest('hex');
      await process.stdout.line(`${sum}  ${operand}`);
    });
}

const base64: Program = async (process) => {
  const options = parseOptions(process.args, { d: 'flag', decode: '=d', w: 'value', wrap: '=w' });
  const width = Number(options.value('w') ?? 76);
  return eachInput(process, options.operands, async (input) => {
    const content = await input.readAll();
    if (options.has('d')) return process.stdout.write(Buffer.from(content.toString('latin1'), 'base64'));
    const text = content.toString('base64');
    const lines = width > 0 ? (text.match(new RegExp(`.{1,${Math.min(width, 10_000)}}`, 'g')) ?? []) : [text];
    return process.stdout.write(width > 0 ? lines.map((line) => `${line}\n`).join('') : text);
  });
};

const names: Readonly<Record<string, (path: string) => string>> = { basename, dirname };

function nameProgram(name: 'basename' | 'dirname'): Program {
  return async (process) => {
    const [path = '', suffix] = parseOptions(process.args, {}).operands;
    const found = names[name]?.(path) ?? '';
    const cut = suffix !== undefined && found.endsWith(suffix) && found !== suffix;
    await process.stdout.line(cut ? found.slice(0, -suffix.length) : found);
    return 0;
  };
}

export const textPrograms: Readonly<Record<string, Program>> = {
  cat,
  tee,
  head,
  tail,
  wc,
  base64,
  sha256sum: digest('sha256'),
  md5sum: digest('md5'),
  basename: nameProgram('basename'),
  dirname: nameProgram('dirname'),
};
