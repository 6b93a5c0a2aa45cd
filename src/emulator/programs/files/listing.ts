import { absolute, Errno, READ, segments, type Node } from '../../filesystem/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/usage-error.js';
import { attempt, pathOf } from '../inputs.js';
import { parseOptions, type Options } from '../options.js';
import { formatted } from '../system/time.js';

const KINDS: Readonly<Record<Node['kind'], string>> = {
  directory: 'd',
  file: '-',
  symlink: 'l',
  device: 'c',
};

/** `-rw-r--r--`. */
export function modeText(node: Node): string {
  const letters = Array.from('rwxrwxrwx', (letter, index) => ((node.mode >> (8 - index)) & 1 ? letter : '-'));
  const special = (bit: number, place: number, letter: string) => {
    if ((node.mode & bit) === 0) return;
    letters[place] = letters[place] === 'x' ? letter : letter.toUpperCase();
  };
  special(0o4000, 2, 's');
  special(0o2000, 5, 's');
  special(0o1000, 8, 't');
  const kind = node.kind === 'device' && node.device === 'block' ? 'b' : KINDS[node.kind];
  return `${kind}${letters.join('')}`;
}

export function sizeOf(node: Node): number {
  if (node.kind === 'file') return node.size;
  if (node.kind === 'symlink') return node.target.length;
  return node.kind === 'directory' ? 4096 : 0;
}

/** A directory has a name, its own dot, and the dots of those in it. */
function linksOf(node: Node): number {
  if (node.kind === 'file') return Math.max(1, node.links);
  if (node.kind !== 'directory') return 1;
  return 2 + [...node.entries.values()].filter(({ kind }) => kind === 'directory').length;
}

/** A line of `ls -l`, as SFTP clients want it, too. */
export function longLine(process: Pick<Process, 'system'>, name: string, node: Node): string {
  const { accounts } = process.system;
  const changed = new Date(node.mtime).toUTCString().slice(5, 22);
  const shown = node.kind === 'symlink' ? `${name} -> ${node.target}` : name;
  const owner = `${accounts.userName(node.uid)} ${accounts.groupName(node.gid)}`;
  return `${modeText(node)} ${linksOf(node)} ${owner} ${String(sizeOf(node)).padStart(6)} ${changed} ${shown}`;
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
    F: node.kind === 'file' && node.size === 0 ? 'regular empty file' : types[node.kind],
    h: String(linksOf(node)),
    N: node.kind === 'symlink' ? `'${operand}' -> '${node.target}'` : `'${operand}'`,
    y: formatted(new Date(node.mtime), '%Y-%m-%d %H:%M:%S.%N %z'),
    g: String(node.gid),
    G: accounts.groupName(node.gid),
    n: operand,
    s: String(sizeOf(node)),
    u: String(node.uid),
    U: accounts.userName(node.uid),
    Y: String(Math.floor(node.mtime / 1000)),
  };
  const wanted = format ?? '  File: %n\n  Size: %s\t%F\nAccess: (%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)';
  return wanted.replace(/%([a-zA-Z%])/g, (_whole, letter: string) =>
    letter === '%' ? '%' : (values[letter] ?? '?'),
  );
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
      'relative-to': 'value',
    });
    if (options.operands.length === 0) throw new UsageError('missing operand');
    const base = options.value('relative-to');
    let status = 0;
    for (const operand of options.operands) {
      const path = absolute(process.cwd, operand);
      const follows = canonical || options.has('f', 'e', 'm');
      const found = follows ? resolved(process, path, options) : linkTarget(process, path);
      if (found !== undefined) {
        const shown = base === undefined ? found : relativePath(absolute(process.cwd, base), found);
        await process.stdout.write(options.has('n') ? shown : `${shown}\n`);
        continue;
      }
      status = 1;
      if (canonical && !options.has('q'))
        await process.stderr.line(`${process.args[0] ?? ''}: ${operand}: No such file or directory`);
    }
    return status;
  };
}

/** `-e`: all of it has to be there; `-m`: nothing has to; else all but the last name. `-s`: links stay. */
function resolved(process: Process, path: string, options: Options): string | undefined {
  const found = realPath(process, path);
  if (options.has('s') || (found === undefined && options.has('m'))) return plainPath(path);
  if (options.has('e') && process.system.fs.find(path, process.user) === undefined) return undefined;
  return found;
}

function plainPath(path: string): string {
  const names: string[] = [];
  for (const name of segments(path)) {
    if (name === '..') names.pop();
    else names.push(name);
  }
  return `/${names.join('/')}`;
}

function relativePath(from: string, to: string): string {
  const [before, after] = [segments(from), segments(to)];
  let shared = 0;
  while (shared < before.length && before[shared] === after[shared]) shared++;
  const path = [...before.slice(shared).map(() => '..'), ...after.slice(shared)].join('/');
  return path === '' ? '.' : path;
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

export const listingPrograms: Readonly<Record<string, Program>> = {
  ls,
  stat,
  readlink: linkProgram(false),
  realpath: linkProgram(true),
};
