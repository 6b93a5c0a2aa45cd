import { absolute, Errno, join, READ, segments, type Node, logicalPath } from '../../filesystem/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
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

const HALF_A_YEAR = 15_778_476_000;

/** The columns of a line of `ls -l` in front of the name; `numeric` = no names of users. */
function columnsOf({ system }: Pick<Process, 'system'>, node: Node, numeric = false): string[] {
  const { accounts } = system;
  const recent = node.mtime <= Date.now() && node.mtime > Date.now() - HALF_A_YEAR;
  return [
    modeText(node),
    String(linksOf(node)),
    numeric ? String(node.uid) : accounts.userName(node.uid),
    numeric ? String(node.gid) : accounts.groupName(node.gid),
    String(sizeOf(node)),
    formatted(new Date(node.mtime), recent ? '%b %e %H:%M' : '%b %e  %Y'),
  ];
}

function shownName(name: string, node: Node): string {
  return node.kind === 'symlink' ? `${name} -> ${node.target}` : name;
}

/** A line of `ls -l`, as SFTP clients want it, too. */
export function longLine(process: Pick<Process, 'system'>, name: string, node: Node): string {
  return `${columnsOf(process, node).join(' ')} ${shownName(name, node)}`;
}

const LS_OPTIONS =
  'l a|all A|almost-all d|directory 1 h H L R|recursive t r|reverse S n F|classify p q C color';

type Entry = readonly [name: string, node: Node];

const ls: Program = async (process) => {
  const options = parseOptions(process.args, LS_OPTIONS, { status: 2 });
  const operands = options.operands.length === 0 ? ['.'] : options.operands;
  const { fs } = process.system;
  const [files, directories]: [Entry[], Entry[]] = [[], []];
  let status = 0;
  for (const operand of operands) {
    const failed = await attempt(
      process,
      `cannot access '${operand}'`,
      () => {
        const path = pathOf(process, operand);
        const follow = options.has('L', 'H') || operand.endsWith('/') || !options.has('l', 'd', 'F');
        const node = fs.find(path, process.user, follow) ?? fs.lookup(path, process.user, options.has('L'));
        if (operand.endsWith('/') && node.kind !== 'directory') throw new Errno('ENOTDIR');
        (node.kind === 'directory' && !options.has('d') ? directories : files).push([operand, node]);
      },
      2,
    );
    status = Math.max(status, failed);
  }
  await listed(process, options, sorted(files, options));
  const titled = operands.length > 1 || options.has('R');
  for (const [index, [name]] of sorted(directories, options).entries()) {
    if (index > 0 || files.length > 0) await process.stdout.line('');
    const step = () => directory(process, options, name, titled);
    status = Math.max(status, await attempt(process, `cannot open directory '${name}'`, step, 2));
  }
  return status;
};

function sorted(entries: readonly Entry[], options: Options): Entry[] {
  const byName = ([left]: Entry, [right]: Entry) => (left < right ? -1 : left > right ? 1 : 0);
  const all = [...entries].sort(byName);
  if (options.has('S')) all.sort(([, left], [, right]) => sizeOf(right) - sizeOf(left));
  else if (options.has('t')) all.sort(([, left], [, right]) => right.mtime - left.mtime);
  return options.has('r') ? all.reverse() : all;
}

async function directory(process: Process, options: Options, name: string, titled: boolean): Promise<void> {
  const { fs } = process.system;
  const path = pathOf(process, name);
  const node = fs.directory(path, process.user, READ);
  const dots: Entry[] = options.has('a')
    ? [
        ['.', node],
        ['..', fs.find(join(path, '..'), process.user) ?? node],
      ]
    : [];
  const visible = [...node.entries].filter(([entry]) => options.has('a', 'A') || !entry.startsWith('.'));
  const entries = sorted([...dots, ...visible], options);
  if (titled) await process.stdout.line(`${name}:`);
  if (options.has('l', 'n')) await process.stdout.line(`total ${blocksOf(entries)}`);
  await listed(process, options, entries);
  if (!options.has('R')) return;
  for (const [entry, child] of entries) {
    if (child.kind !== 'directory' || entry === '.' || entry === '..') continue;
    await process.stdout.line('');
    await directory(process, options, join(name, entry), true);
  }
}

/** Kilobytes on the disk, which has blocks of four. */
function blocksOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, [, node]) => {
    if (node.kind === 'directory') return sum + 4;
    return sum + (node.kind === 'file' ? Math.ceil(node.size / 4096) * 4 : 0);
  }, 0);
}

async function listed(process: Process, options: Options, entries: readonly Entry[]): Promise<void> {
  if (!options.has('l', 'n')) {
    for (const [name, node] of entries) await process.stdout.line(`${name}${markOf(node, options)}`);
    return;
  }
  const rows = entries.map(([, node]) => columnsOf(process, node, options.has('n')));
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const [index, [name, node]] of entries.entries()) {
    const row = (rows[index] ?? []).map((text, column) => {
      const width = widths[column] ?? 0;
      return column === 1 || column === 4 || options.has('n') ? text.padStart(width) : text.padEnd(width);
    });
    await process.stdout.line(
      `${row.join(' ')} ${shownName(name, node)}${node.kind === 'symlink' ? '' : markOf(node, options)}`,
    );
  }
}

/** `-F` and `-p`: what kind of object it is. */
function markOf(node: Node, options: Options): string {
  if (node.kind === 'directory') return options.has('F', 'p') ? '/' : '';
  if (!options.has('F')) return '';
  if (node.kind === 'symlink') return '@';
  return node.kind === 'file' && (node.mode & 0o111) !== 0 ? '*' : '';
}

const stat: Program = async (process) => {
  const options = parseOptions(process.args, 'c|format: f L t');
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
    const options = parseOptions(process.args, 'f e m n s q relative-to:');
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
  if (options.has('s') || (found === undefined && options.has('m'))) return logicalPath(path);
  if (options.has('e') && process.system.fs.find(path, process.user) === undefined) return undefined;
  return found;
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
