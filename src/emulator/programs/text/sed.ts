import { absolute, dirname, Errno, WRITE } from '../../filesystem/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { eachInput } from '../inputs.js';
import { parseOptions, type Options } from '../options.js';
import { SedPass, type SedFiles } from './sed-pass.js';
import { SedParser } from './sed-script.js';

const TABLE =
  'n|quiet|silent E|r|regexp-extended e|expression: f|file: i|in-place s|separate u|unbuffered z|null-data';

const sed: Program = async (process) => {
  const { args, suffix } = inPlaceSuffix(process.args);
  const options = parseOptions(args, TABLE);
  const [first, ...others] = options.operands;
  const given = options.has('e', 'f');
  const script = given ? scriptOf(process, options) : first;
  if (script === undefined) throw new UsageError('usage: sed [OPTION]... {script} [input-file]...');
  const operands = given ? options.operands : others;
  const commands = new SedParser(script, options.has('E')).parse();
  const quiet = options.has('n') || script.startsWith('#n\n');
  const end = options.has('z') ? 0 : 10;
  const run = (lines: readonly string[]) => {
    const pass = new SedPass(commands, quiet, filesOf(process));
    return { text: pass.all(lines), status: pass.status };
  };
  if (options.has('i') || options.has('s'))
    return separately(process, operands, run, options.has('i') ? suffix : undefined);
  const lines: string[] = [];
  const status = await eachInput(
    process,
    operands,
    async (input) => {
      for (;;) {
        const line = await input.readUntil(end);
        if (line === undefined) return;
        if (lines.length > 0 && !lines.at(-1)?.endsWith('\n')) lines.push(`${lines.pop() ?? ''}\n`);
        lines.push(end === 10 ? line : line.replaceAll('\n', '\x01').replace(/\0$/, '\n'));
      }
    },
    2,
    described,
  );
  const { text, status: own } = run(lines);
  await process.stdout.write(end === 10 ? text : text.replaceAll('\n', '\0').replaceAll('\x01', '\n'));
  return own === 0 ? status : own;
};

/** All of `-e` and `-f`, in their order. */
function scriptOf(process: Process, options: Options): string {
  const parts = options.all.filter(([name]) => name === 'e' || name === 'f');
  const texts = parts.map(([name, value]) => {
    if (name === 'e') return value;
    return process.system.fs.readText(absolute(process.cwd, value), process.user).replace(/\n$/, '');
  });
  return texts.join('\n');
}

const described = (operand: string): string => `can't read ${operand}`;

function filesOf({ system, cwd, user }: Process): SedFiles {
  const written = new Set<string>();
  return {
    read: (path) => {
      const node = system.fs.find(absolute(cwd, path), user);
      return node?.kind === 'file' ? Buffer.from(node.read()).toString('utf8') : undefined;
    },
    write: (path, text) => {
      const whole = absolute(cwd, path);
      const node = system.fs.openForWriting(whole, user, { truncate: !written.has(whole) });
      written.add(whole);
      if (node.kind === 'file') system.fs.write(node, node.size, Buffer.from(text));
    },
  };
}

/** `-i` and `-s`: each file by itself; a `suffix` = each is replaced. */
async function separately(
  process: Process,
  operands: readonly string[],
  run: (lines: readonly string[]) => { text: string; status: number },
  suffix: string | undefined,
): Promise<number> {
  let own = 0;
  const status = await eachInput(
    process,
    operands,
    async (input, operand) => {
      const lines: string[] = [];
      for await (const line of input.lines()) lines.push(line);
      const { text, status: ended } = run(lines);
      own ||= ended;
      if (suffix === undefined) await process.stdout.write(text);
      else replace(process, operand, suffix, text);
    },
    2,
    described,
  );
  return own === 0 ? status : own;
}

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

/** sed -i makes a new file in the same directory, so that directory has to be writable; a link becomes a file. */
function replace(process: Process, operand: string, suffix: string, text: string): void {
  const { system, user, cwd } = process;
  const path = absolute(cwd, operand);
  system.fs.directory(dirname(path), user, WRITE);
  const node = system.fs.lookup(path, user);
  if (node.kind !== 'file') throw new Errno('EINVAL');
  const { mode, uid, gid } = node;
  if (suffix !== '') system.fs.writeFile(`${path}${suffix}`, node.read(), user, mode);
  if (system.fs.lookup(path, user, false).kind === 'symlink') {
    system.fs.remove(path, user);
    Object.assign(system.fs.writeFile(path, text, user, mode), { uid, gid });
    return;
  }
  system.fs.truncate(node, 0);
  system.fs.write(node, 0, Buffer.from(text));
}

export const sedPrograms: Readonly<Record<string, Program>> = { sed };
