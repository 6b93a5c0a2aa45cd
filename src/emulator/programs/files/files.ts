import { basename, dirname, Errno, join, mayAccess, READ, type Node } from '../../filesystem/index.js';
import type { Process, Program } from '../../os/process.js';
import { nowhere, OutputStream } from '../../os/streams.js';
import { UsageError } from '../../os/execute.js';
import { attempt, pathOf } from '../inputs.js';
import { copyTree, removeTree } from './file-trees.js';
import { applyMode } from './modes.js';
import { parseOptions, type Options } from '../options.js';
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
  const table = 'p|parents m|mode: v';
  const options = parseOptions(process.args, table);
  const { fs } = process.system;
  return each(process, options.operands, 'cannot create directory', (path) => {
    const directory = options.has('p') ? fs.mkdirs(path, process.user) : fs.mkdir(path, process.user);
    const mode = options.value('m');
    if (mode !== undefined) directory.mode = applyMode(mode, directory.mode, true);
  });
};

const rmdir: Program = (process) => {
  const { operands } = parseOptions(process.args, 'p');
  return each(process, operands, 'failed to remove', (path) => {
    if (process.system.fs.lookup(path, process.user, false).kind !== 'directory') throw new Errno('ENOTDIR');
    process.system.fs.remove(path, process.user);
  });
};

const rm: Program = async (process) => {
  const table = 'r|R|recursive f|force v d i';
  const options = parseOptions(process.args, table);
  const { fs } = process.system;
  if (options.operands.length === 0 && options.has('f')) return 0;
  if (options.has('r') && options.operands.includes('/')) {
    await process.stderr.line("rm: it is dangerous to operate recursively on '/'");
    return refuse(process, 'use --no-preserve-root to override this failsafe');
  }
  const dots = options.operands.find((operand) => /(^|\/)\.\.?\/*$/.test(operand));
  if (options.has('r') && dots !== undefined)
    return refuse(process, `refusing to remove '.' or '..' directory: skipping '${dots}'`);
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

const COPY_OPTIONS = 'r|R|recursive a|archive p d P f|force v|verbose L t: T n u';

/** Where `cp` or `mv` puts a source; `-T` takes the target as it is. */
function targetOf(process: Process, options: Options, target: string, source: string): string {
  return options.has('T') ? pathOf(process, target) : destination(process, target, source);
}

function sameFile(process: Process, path: string, to: string): boolean {
  const node = process.system.fs.find(path, process.user);
  return node !== undefined && node === process.system.fs.find(to, process.user);
}

/** The target as a message names it. */
function shownTarget(process: Process, options: Options, target: string, source: string): string {
  const inside = targetOf(process, options, target, source) !== pathOf(process, target);
  return inside ? join(target, basename(source)) : target;
}

async function refuse(process: Process, message: string): Promise<number> {
  await process.stderr.line(`${process.args[0] ?? ''}: ${message}`);
  return 1;
}

const cp: Program = async (process) => {
  const options = parseOptions(process.args, COPY_OPTIONS);
  const { fs } = process.system;
  const [sources, target] = splitTarget(process, options.operands, options.value('t'));
  const recursive = options.has('r', 'a');
  const links = !options.has('L') && (recursive || options.has('P', 'd'));
  let status = 0;
  for (const source of sources) {
    const path = pathOf(process, source);
    const to = targetOf(process, options, target, source);
    const shown = shownTarget(process, options, target, source);
    const node = fs.find(path, process.user, !links);
    if (options.has('n') && fs.find(to, process.user, false) !== undefined) continue;
    if (node === undefined)
      status = await attempt(
        process,
        `cannot stat '${source}'`,
        () => void fs.lookup(path, process.user, !links),
      );
    else if (node.kind === 'directory' && !recursive)
      status = await refuse(process, `-r not specified; omitting directory '${source}'`);
    else if (node.kind !== 'symlink' && sameFile(process, path, to))
      status = await refuse(process, `'${source}' and '${shown}' are the same file`);
    else if (`${to}/`.startsWith(`${path}/`) && node.kind === 'directory')
      status = await refuse(process, `cannot copy a directory, '${source}', into itself, '${shown}'`);
    else {
      const failed = await attempt(process, problemOf(process, node, to, source, shown), async () => {
        copyTree(fs, path, to, process.user, { recursive, keep: options.has('a', 'p'), links });
        if (options.has('v')) await process.stdout.line(`'${source}' -> '${shown}'`);
      });
      status = Math.max(status, failed);
    }
  }
  return status;
};

/** What cp says cannot be done: read the source, or make the target. */
function problemOf(process: Process, node: Node, to: string, source: string, shown: string): string {
  const { fs } = process.system;
  const readable = node.kind !== 'file' || mayAccess(node, process.user, READ);
  if (!readable) return `cannot open '${source}' for reading`;
  const parent = fs.find(dirname(to), process.user);
  if (parent === undefined || fs.find(to, process.user) === undefined) {
    const what = node.kind === 'directory' ? 'directory' : 'regular file';
    return `cannot create ${what} '${shown}'`;
  }
  return `cannot create regular file '${shown}'`;
}

const mv: Program = async (process) => {
  const options = parseOptions(process.args, 'f v n t: T u');
  const { fs } = process.system;
  const [sources, target] = splitTarget(process, options.operands, options.value('t'));
  let status = 0;
  for (const source of sources) {
    const path = pathOf(process, source);
    const to = targetOf(process, options, target, source);
    const shown = shownTarget(process, options, target, source);
    const [node, other] = [fs.find(path, process.user, false), fs.find(to, process.user, false)];
    if (options.has('n') && other !== undefined) continue;
    if (node === undefined)
      status = await attempt(
        process,
        `cannot stat '${source}'`,
        () => void fs.lookup(path, process.user, false),
      );
    else if (node === other) status = await refuse(process, `'${source}' and '${shown}' are the same file`);
    else if (node.kind === 'directory' && other !== undefined && other.kind !== 'directory')
      status = await refuse(process, `cannot overwrite non-directory '${shown}' with directory '${source}'`);
    else if (node.kind === 'directory' && `${to}/`.startsWith(`${path}/`))
      status = await refuse(process, `cannot move '${source}' to a subdirectory of itself, '${shown}'`);
    else {
      const failed = await attempt(process, `cannot move '${source}' to '${shown}'`, async () => {
        fs.rename(path, to, process.user);
        if (options.has('v')) await process.stdout.line(`renamed '${source}' -> '${shown}'`);
      });
      status = Math.max(status, failed);
    }
  }
  return status;
};

const ln: Program = (process) => {
  const options = parseOptions(process.args, 's|symbolic f|force n v');
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
  const table = 'c|no-create a m h d|date: t: r|reference:';
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
  const table = 'd m|mode: o: g: D v t:';
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
    copyTree(fs, path, to, process.user, { recursive: false, keep: false, links: false });
    finish(to);
  });
};

const mktemp: Program = async (process) => {
  const options = parseOptions(withTemporaryDirectory(process.args), 'd|directory p: t q u suffix:');
  const [given, extra] = options.operands;
  if (extra !== undefined) throw new UsageError('too many templates');
  const suffix = options.value('suffix') ?? '';
  const template = given ?? 'tmp.XXXXXXXXXX';
  const [, before = '', places = '', after = ''] =
    /^(.*?)(X{3,})([^X/]*)$/s.exec(`${template}${suffix}`) ?? [];
  if (places === '' || (suffix !== '' && !template.endsWith('X')))
    throw new UsageError(`too few X's in template '${template}'`);
  const shared = process.env.get('TMPDIR') ?? '/tmp';
  const chosen = options.value('p') === '' ? shared : options.value('p');
  const directory = options.has('t') ? shared : (chosen ?? (given === undefined ? shared : ''));
  const name = `${before}${randomName(places.length)}${after}`;
  const shown = directory === '' ? name : join(directory, name);
  const path = pathOf(process, shown);
  const kind = options.has('d') ? 'directory' : 'file';
  const failed = await attempt(
    options.has('q') ? { ...process, stderr: new OutputStream(nowhere) } : process,
    `failed to create ${kind} via template '${directory === '' ? template : join(directory, template)}'`,
    () => {
      if (options.has('u')) return;
      if (options.has('d')) process.system.fs.mkdir(path, process.user, 0o700);
      else process.system.fs.writeFile(path, '', process.user, 0o600);
    },
  );
  if (failed === 0) await process.stdout.line(shown);
  return failed;
};

/** `--tmpdir` has an argument that is glued to it or none. */
function withTemporaryDirectory(args: readonly string[]): readonly string[] {
  return args.flatMap((word) => {
    if (word === '--tmpdir') return ['-p', ''];
    return word.startsWith('--tmpdir=') ? ['-p', word.slice('--tmpdir='.length)] : [word];
  });
}

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
