import { basename, dirname, Errno, join, type Node } from '../../filesystem/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/usage-error.js';
import { attempt, pathOf } from '../inputs.js';
import { copyTree, removeTree } from './file-trees.js';
import { applyMode } from './modes.js';
import { parseOptions } from '../options.js';
import { parseTime } from '../system/time.js';

async function each(
  process: Process,
  operands: readonly string[],
  what: string,
  step: (path: string, operand: string) => void,
): Promise<number> {
  if (operands.length === 0) throw new UsageError('missing operand');
  let status = 0;
  for (const operand of operands) {
    const shown = what === '' ? operand : `${what} '${operand}'`;
    status = Math.max(status, await attempt(process, shown, () => step(pathOf(process, operand), operand)));
  }
  return status;
}

const mkdir: Program = (process) => {
  const table = { p: 'flag', parents: '=p', m: 'value', mode: '=m', v: 'flag' } as const;
  const options = parseOptions(process.args, table);
  const { fs } = process.system;
  return each(process, options.operands, 'cannot create directory', (path) => {
    const directory = options.has('p') ? fs.mkdirs(path, process.user) : fs.mkdir(path, process.user);
    const mode = options.value('m');
    if (mode !== undefined) directory.mode = applyMode(mode, directory.mode, true);
  });
};

const rmdir: Program = (process) => {
  const { operands } = parseOptions(process.args, { p: 'flag' });
  return each(process, operands, 'failed to remove', (path) => {
    if (process.system.fs.lookup(path, process.user, false).kind !== 'directory') throw new Errno('ENOTDIR');
    process.system.fs.remove(path, process.user);
  });
};

const rm: Program = (process) => {
  const table = {
    r: 'flag',
    R: '=r',
    recursive: '=r',
    f: 'flag',
    force: '=f',
    v: 'flag',
    d: 'flag',
    i: 'flag',
  } as const;
  const options = parseOptions(process.args, table);
  const { fs } = process.system;
  if (options.operands.length === 0 && options.has('f')) return 0;
  return each(process, options.operands, 'cannot remove', (path) => {
    const node = fs.find(path, process.user, false);
    if (node === undefined && options.has('f')) return;
    if (node?.kind === 'directory' && !options.has('r', 'd')) throw new Errno('EISDIR');
    if (options.has('r')) removeTree(fs, path, process.user);
    else fs.remove(path, process.user);
  });
};

/** Where a source goes: into the target if that is a directory. */
function destination(process: Process, target: string, source: string): string {
  const path = pathOf(process, target);
  const isDirectory = process.system.fs.find(path, process.user)?.kind === 'directory';
  return isDirectory ? join(path, basename(source)) : path;
}

function splitTarget(
  process: Process,
  operands: readonly string[],
  directory?: string,
): [sources: string[], target: string] {
  const sources = [...operands];
  const [first] = sources;
  const target = directory ?? sources.pop();
  if (target === undefined || first === undefined) throw new UsageError('missing file operand');
  if (sources.length === 0) throw new UsageError(`missing destination file operand after '${first}'`);
  if (sources.length === 1 && directory === undefined && !target.endsWith('/')) return [sources, target];
  const found = process.system.fs.find(pathOf(process, target), process.user);
  const single = sources.length === 1 && directory === undefined && found === undefined;
  if (found?.kind !== 'directory' && !single)
    throw new UsageError(
      `target '${target}': ${new Errno(found === undefined ? 'ENOENT' : 'ENOTDIR').message}`,
    );
  return [sources, target];
}

const cp: Program = (process) => {
  const table = {
    r: 'flag',
    R: '=r',
    recursive: '=r',
    a: 'flag',
    p: 'flag',
    f: 'flag',
    v: 'flag',
    L: 'flag',
    t: 'value',
    n: 'flag',
  } as const;
  const options = parseOptions(process.args, table);
  const [sources, target] = splitTarget(process, options.operands, options.value('t'));
  return each(process, sources, 'cannot copy', (path, source) => {
    const recursive = options.has('r', 'a');
    copyTree(process.system.fs, path, destination(process, target, source), process.user, {
      recursive,
      keep: options.has('a', 'p'),
    });
  });
};

const mv: Program = (process) => {
  const options = parseOptions(process.args, { f: 'flag', v: 'flag', n: 'flag', t: 'value' });
  const [sources, target] = splitTarget(process, options.operands, options.value('t'));
  return each(process, sources, 'cannot move', (path, source) => {
    process.system.fs.rename(path, destination(process, target, source), process.user);
  });
};

const ln: Program = (process) => {
  const options = parseOptions(process.args, {
    s: 'flag',
    symbolic: '=s',
    f: 'flag',
    force: '=f',
    n: 'flag',
    v: 'flag',
  });
  const { fs } = process.system;
  const [sources, target] = splitTarget(
    process,
    options.operands.length === 1 ? [...options.operands, '.'] : options.operands,
  );
  return each(process, sources, 'failed to create link', (path, source) => {
    const link = options.has('n') ? pathOf(process, target) : destination(process, target, source);
    if (options.has('f') && fs.find(link, process.user, false) !== undefined) fs.remove(link, process.user);
    if (options.has('s')) fs.symlink(source, link, process.user);
    else fs.link(linkable(fs.lookup(path, process.user)), link, process.user);
  });
};

function linkable(node: Node): Node {
  if (node.kind === 'directory') throw new Errno('EPERM');
  return node;
}

const touch: Program = (process) => {
  const table = {
    c: 'flag',
    'no-create': '=c',
    a: 'flag',
    m: 'flag',
    h: 'flag',
    d: 'value',
    date: '=d',
    t: 'value',
    r: 'value',
    reference: '=r',
  } as const;
  const options = parseOptions(process.args, table);
  const { fs } = process.system;
  const time = touchedTime(process, options.value('d'), options.value('t'), options.value('r'));
  const { operands } = options;
  if (operands.length === 0) throw new UsageError('missing file operand');
  return each(process, operands, 'cannot touch', (path) => {
    const follow = !options.has('h');
    const there = fs.find(path, process.user, follow);
    if (there === undefined && options.has('c')) return;
    if (there === undefined) fs.openForWriting(path, process.user);
    fs.lookup(path, process.user, follow).mtime = time;
  });
};

/** `-d TIME`, `-t [[CC]YY]MMDDhhmm[.ss]`, `-r FILE`, or now. */
function touchedTime(process: Process, date?: string, stamp?: string, reference?: string): number {
  if (reference !== undefined)
    return process.system.fs.lookup(pathOf(process, reference), process.user).mtime;
  const [, year, month, day, hour, minute, second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(stamp ?? '') ?? [];
  const written =
    year === undefined ? date : `${year}-${month ?? ''}-${day ?? ''} ${hour ?? ''}:${minute ?? ''}:${second}`;
  if (written === undefined) return Date.now();
  const time = parseTime(written);
  if (time === undefined) throw new UsageError(`invalid date format '${written}'`);
  return time.getTime();
}

/** `install [-d] [-m MODE] [-o USER] SOURCE… TARGET`. */
const install: Program = (process) => {
  const table = {
    d: 'flag',
    m: 'value',
    mode: '=m',
    o: 'value',
    g: 'value',
    D: 'flag',
    v: 'flag',
    t: 'value',
  } as const;
  const options = parseOptions(process.args, table);
  const { fs, accounts } = process.system;
  const finish = (path: string) => {
    const node = fs.lookup(path, process.user);
    if (node.kind !== 'symlink') {
      node.mode = applyMode(options.value('m') ?? '755', node.mode, node.kind === 'directory');
    }
    const owner = accounts.user(options.value('o') ?? process.user.name);
    if (owner !== undefined) Object.assign(node, { uid: owner.uid, gid: owner.gid });
  };
  if (options.has('d')) {
    return each(process, options.operands, 'cannot create directory', (path) => {
      fs.mkdirs(path, process.user);
      finish(path);
    });
  }
  const [sources, target] = splitTarget(process, options.operands, options.value('t'));
  return each(process, sources, 'cannot stat', (path, source) => {
    if (options.has('D')) fs.mkdirs(dirname(pathOf(process, target)), process.user);
    const to = destination(process, target, source);
    copyTree(fs, path, to, process.user, { recursive: false, keep: false });
    finish(to);
  });
};

const mktemp: Program = async (process) => {
  const options = parseOptions(process.args, { d: 'flag', p: 'value', t: 'flag', q: 'flag', u: 'flag' });
  const pattern = options.operands[0] ?? 'tmp.XXXXXXXXXX';
  const directory = pattern.includes('/') && !options.has('t') ? '' : (options.value('p') ?? '/tmp');
  const name = pattern.replace(/X{3,}$/, (places) => randomName(places.length));
  const path = pathOf(process, directory === '' ? name : join(directory, name));
  if (options.has('d')) process.system.fs.mkdir(path, process.user, 0o700);
  else process.system.fs.writeFile(path, '', process.user, 0o600);
  await process.stdout.line(path);
  return 0;
};

function randomName(length: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return Array.from({ length }, () => letters.charAt(Math.floor(Math.random() * letters.length))).join('');
}

export const filePrograms: Readonly<Record<string, Program>> = {
  mkdir,
  rmdir,
  rm,
  cp,
  mv,
  ln,
  touch,
  install,
  mktemp,
};
