import {
  Errno,
  join,
  mayAccess,
  newMode,
  READ,
  type Credentials,
  type MemoryFileSystem,
} from '../../filesystem/index.js';

const MAX_DEPTH = 200;

/** Removes a file or a directory with everything in it. */
export function removeTree(fs: MemoryFileSystem, path: string, who: Credentials, depth = 0): void {
  if (depth > MAX_DEPTH) throw new Errno('ELOOP');
  const node = fs.lookup(path, who, false);
  if (node.kind === 'directory') {
    for (const name of [...fs.directory(path, who, READ).entries.keys()]) {
      removeTree(fs, join(path, name), who, depth + 1);
    }
  }
  fs.remove(path, who);
}

export interface CopyOptions {
  readonly recursive: boolean;
  /** Owner, mode and time stay as they are. */
  readonly keep: boolean;
  /** Links stay links. */
  readonly links: boolean;
}

/** Copies a file, or a directory when `recursive`. Throws Errno. */
export function copyTree(
  fs: MemoryFileSystem,
  from: string,
  to: string,
  who: Credentials,
  options: CopyOptions,
  depth = 0,
): void {
  if (depth > MAX_DEPTH) throw new Errno('ELOOP');
  const node = fs.lookup(from, who, !options.links);
  switch (node.kind) {
    case 'symlink':
      fs.symlink(node.target, to, who);
      return;
    case 'device':
      fs.writeFile(to, '', who);
      return;
    case 'file': {
      if (!mayAccess(node, who, READ)) throw new Errno('EACCES');
      const made = fs.writeFile(to, node.read(), who, newMode(who, node.mode & 0o777));
      if (options.keep) Object.assign(made, { mode: node.mode, mtime: node.mtime, ...owner(node, who) });
      return;
    }
    case 'directory':
      if (!options.recursive) throw new Errno('EISDIR');
      if (`${to}/`.startsWith(`${from}/`)) throw new Errno('EINVAL');
      fs.mkdirs(to, who, options.keep ? node.mode : newMode(who, node.mode & 0o777));
      for (const name of [...fs.directory(from, who, READ).entries.keys()]) {
        copyTree(fs, join(from, name), join(to, name), who, options, depth + 1);
      }
  }
}

/** Only root gives files away. */
function owner(node: { uid: number; gid: number }, who: Credentials): { uid?: number; gid?: number } {
  return who.uid === 0 ? { uid: node.uid, gid: node.gid } : {};
}
