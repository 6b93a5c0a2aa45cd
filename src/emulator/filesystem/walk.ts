import { EXECUTE, mayAccess, type Credentials } from './credentials.js';
import { Errno } from './errno.js';
import type { DirectoryNode, Node } from './node.js';
import { segments } from './path.js';

/** As Linux has them. */
const MOST = { symlinks: 40, nameBytes: 255, pathBytes: 4096 } as const;

/** Where a path leads: the directory that holds the last name, that name, and the object if there is one. */
export interface Location {
  readonly parent: DirectoryNode;
  /** Empty for the root directory itself. */
  readonly name: string;
  readonly node: Node | undefined;
  /** The path without symbolic links and `..`. */
  readonly real: string;
}

/** Directories under which another tree is mounted. */
export type MountedTrees = ReadonlyMap<DirectoryNode, DirectoryNode>;

interface Step {
  readonly directory: DirectoryNode;
  readonly name: string;
}

/**
 * Walks an absolute path the way the kernel does: search permission on every directory, symbolic links
 * bounded, mounted trees entered. With `follow` the last name, too, is followed when it is a link.
 */
export function walk(
  rootDirectory: DirectoryNode,
  mounts: MountedTrees,
  path: string,
  who: Credentials,
  follow: boolean,
): Location {
  if (path.length > MOST.pathBytes) throw new Errno('ENAMETOOLONG');
  const todo = segments(path);
  const trail: Step[] = [];
  let current: Node = enter(rootDirectory, mounts);
  let links = 0;
  for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
    if (current.kind !== 'directory') throw new Errno('ENOTDIR');
    if (!mayAccess(current, who, EXECUTE)) throw new Errno('EACCES');
    if (name.length > MOST.nameBytes) throw new Errno('ENAMETOOLONG');
    if (name === '..') {
      current = trail.pop()?.directory ?? current;
      continue;
    }
    const next = current.entries.get(name);
    if (next?.kind === 'symlink' && (follow || todo.length > 0)) {
      if (++links > MOST.symlinks) throw new Errno('ELOOP');
      todo.unshift(...segments(next.target));
      if (next.target.startsWith('/')) {
        trail.length = 0;
        current = enter(rootDirectory, mounts);
      }
      continue;
    }
    trail.push({ directory: current, name });
    if (next === undefined) {
      if (todo.length > 0) throw new Errno('ENOENT');
      return location(trail, undefined, rootDirectory);
    }
    current = next.kind === 'directory' ? enter(next, mounts) : next;
  }
  return location(trail, current, rootDirectory);
}

function location(trail: readonly Step[], node: Node | undefined, rootDirectory: DirectoryNode): Location {
  const last = trail.at(-1);
  const real = `/${trail.map(({ name }) => name).join('/')}`;
  return { parent: last?.directory ?? rootDirectory, name: last?.name ?? '', node, real };
}

function enter(directory: DirectoryNode, mounts: MountedTrees): DirectoryNode {
  return mounts.get(directory) ?? directory;
}
