import { absolute, basename, Errno, join, READ, type Node } from '../../filesystem/index.js';
import type { Process, Program } from '../../os/process.js';
import { attempt, pathOf } from '../inputs.js';
import { parseOptions, type Options } from '../options.js';

const KINDS: Readonly<Record<Node['kind'], string>> = {
  directory: 'd',
  file: '-',
  symlink: 'l',
  device: 'c',
};

/** `-rw-r--r--`. */
export function modeText(node: Node): string {
  const letters = Array.from('rwxrwxrwx', (letter, index) => ((node.mode >> (8 - index)) & 1 ? letter : '-'));
  if ((node.mode & 0o1000) !== 0) letters[8] = letters[8] === 'x' ? 't' : 'T';
  const kind = node.kind === 'device' && node.device === 'block' ? 'b' : KINDS[node.kind];
  return `${kind}${letters.join('')}`;
}

export function sizeOf(node: Node): number {
  if (node.kind === 'file') return node.size;
  if (node.kind === 'symlink') return node.target.length;
  return node.kind === 'directory' ? 4096 : 0;
}

/** A line of `ls -l`, as SFTP clients want it, too. */
export function longLine(process: Pick<Process, 'system'>, name: string, node: Node): string {
  const { accounts } = process.system;
  const changed = new Date(node.mtime).toUTCString().slice(5, 22);
  const links = node.kind === 'file' ? Math.max(1, node.links) : 1;
  const shown = node.kind === 'symlink' ? `${name} -> ${node.target}` : name;
  const owner = `${accounts.userName(node.uid)} ${accounts.groupName(node.gid)}`;
  return `${modeText(node)} ${links} ${owner} ${String(sizeOf(node)).padStart(6)} ${changed} ${shown}`;
}

const ls: Program = async (process) => {
  const options = parseOptions(
    process.args,
    {
      l: 'flag',
      a: 'flag',
      A: 'flag',
      d: 'flag',
      1: 'flag',
      h: 'flag',
      R: 'flag',
      t: 'flag',
      r: 'flag',
      n: 'flag',
      F: 'flag',
      color: 'flag',
    },
    { status: 2 },
  );
  const operands = options.operands.length === 0 ? ['.'] : options.operands;
  let status = 0;
  for (const operand of operands) {
    const step = () => list(process, operand, options, operands.length > 1);
    status = Math.max(status, await attempt(process, `cannot access '${operand}'`, step, 2));
  }
  return status;
};

async function list(process: Process, operand: string, options: Options, several: boolean): Promise<void> {
  const { fs } = process.system;
  const path = pathOf(process, operand);
  const node = fs.lookup(path, process.user, !options.has('l'));
  const line = (name: string, entry: Node) =>
    process.stdout.line(options.has('l', 'n') ? longLine(process, name, entry) : name);
  if (node.kind !== 'directory' || options.has('d')) return line(operand, node);
  if (several) await process.stdout.line(`${operand}:`);
  const { entries } = fs.directory(path, process.user, READ);
  const names = [...entries.keys()].sort();
  if (options.has('l')) await process.stdout.line(`total ${entries.size * 4}`);
  const hidden = options.has('a') ? ['.', '..'] : [];
  for (const name of [...hidden, ...names]) {
    if (name.startsWith('.') && !options.has('a', 'A')) continue;
    await line(name, entries.get(name) ?? node);
  }
}

const stat: Program = async (process) => {
  const options = parseOptions(process.args, { c: 'value', format: '=c', f: 'flag', L: 'flag', t: 'flag' });
  let status = 0;
  for (const operand of options.operands) {
    const step = async () => {
      const node = process.system.fs.lookup(pathOf(process, operand), process.user, options.has('L'));
      const text = options.has('f')
        ? fileSystemFormat(options.value('c'))
        : nodeFormat(process, operand, node, options.value('c'));
      await process.stdout.line(text);
    };
    status = Math.max(status, await attempt(process, `cannot statx '${operand}'`, step));
  }
  return status;
};

/** `stat -f`: what docker-machine asks in order to choose a storage driver. */
function fileSystemFormat(format = 'Type: %T'): string {
  return format.replace(/%[Tt]/g, 'ext2/ext3');
}

function nodeFormat(process: Process, operand: string, node: Node, format?: string): string {
  const { accounts } = process.system;
  const types = {
    directory: 'directory',
    file: 'regular file',
    symlink: 'symbolic link',
    device: 'character special file',
  };
  const values: Readonly<Record<string, string>> = {
    a: node.mode.toString(8),
    A: modeText(node),
    F: types[node.kind],
    g: String(node.gid),
    G: accounts.groupName(node.gid),
    n: operand,
    s: String(sizeOf(node)),
    u: String(node.uid),
    U: accounts.userName(node.uid),
    Y: String(Math.floor(node.mtime / 1000)),
  };
  const wanted = format ?? '  File: %n\n  Size: %s\t%F\nAccess: (%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)';
  return wanted.replace(/%([a-zA-Z])/g, (whole, letter: string) => values[letter] ?? whole);
}

/** readlink and realpath: `canonical` = follow everything to the end. */
function linkProgram(canonical: boolean): Program {
  return async (process) => {
    const options = parseOptions(process.args, {
      f: 'flag',
      e: 'flag',
      m: 'flag',
      n: 'flag',
      s: 'flag',
      q: 'flag',
    });
    let status = 0;
    for (const operand of options.operands) {
      const path = absolute(process.cwd, operand);
      const found =
        canonical || options.has('f', 'e', 'm') ? realPath(process, path) : linkTarget(process, path);
      if (found === undefined) status = 1;
      else await process.stdout.write(options.has('n') ? found : `${found}\n`);
    }
    return status;
  };
}

function realPath({ system, user }: Process, path: string): string | undefined {
  try {
    return system.fs.locate(path, user).real;
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function linkTarget({ system, user }: Process, path: string): string | undefined {
  const node = system.fs.find(path, user, false);
  return node?.kind === 'symlink' ? node.target : undefined;
}

/** `find DIRECTORY [-name PATTERN] [-type f|d|l] [-maxdepth N]` in its plainest form. */
const find: Program = async (process) => {
  const words = process.args.slice(1);
  const start = words.findIndex((word) => word.startsWith('-'));
  const roots = start < 0 ? words : words.slice(0, start);
  const value = (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
  const expression = new RegExp(
    `^${(value('-name') ?? '*')
      .slice(0, 100)
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
  const type = value('-type');
  const most = Number(value('-maxdepth') ?? 100);
  const visit = async (path: string, depth: number): Promise<void> => {
    await process.budget.step();
    const node = process.system.fs.lookup(pathOf(process, path), process.user, false);
    const kind = KINDS[node.kind] === '-' ? 'f' : KINDS[node.kind];
    if ((type === undefined || type === kind) && expression.test(basename(path)))
      await process.stdout.line(path);
    if (node.kind !== 'directory' || depth >= most) return;
    for (const name of [...node.entries.keys()].sort()) await visit(join(path, name), depth + 1);
  };
  let status = 0;
  for (const path of roots.length === 0 ? ['.'] : roots) {
    status = Math.max(status, await attempt(process, `'${path}'`, () => visit(path, 0)));
  }
  return status;
};

export const listingPrograms: Readonly<Record<string, Program>> = {
  ls,
  stat,
  find,
  readlink: linkProgram(false),
  realpath: linkProgram(true),
};
