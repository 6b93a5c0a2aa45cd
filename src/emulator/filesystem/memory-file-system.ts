import { EXECUTE, mayAccess, newMode, READ, root, WRITE, type Credentials } from './credentials.js';
import { Errno } from './errno.js';
import { DirectoryNode, FileNode, SymlinkNode, type Node } from './node.js';
import { dirname } from './path.js';
import { walk, type Location } from './walk.js';

/** What one guest may keep. Beyond it, writes end with ENOSPC. */
export interface FileSystemLimits {
  readonly maxBytes: number;
  readonly maxNodes: number;
}

export interface OpenOptions {
  /** Permission bits of a file made by this call. */
  readonly mode?: number | undefined;
  readonly exclusive?: boolean | undefined;
  readonly truncate?: boolean | undefined;
}

/**
 * A guest's files, in memory. Every path is absolute; every call names who asks and is refused like a
 * kernel would (Errno). Not concurrent: no call awaits.
 */
export class MemoryFileSystem {
  /** Mounted trees by the directory they hide. */
  readonly mounts = new Map<DirectoryNode, DirectoryNode>();
  #bytes = 0;
  #nodes = 1;

  constructor(
    private readonly limits: FileSystemLimits,
    readonly root = new DirectoryNode(0, 0, 0o755),
  ) {}

  /** Bytes in regular files. */
  get usedBytes(): number {
    return this.#bytes;
  }

  /** Whether all that is kept is within the limits. */
  get fits(): boolean {
    return this.#bytes <= this.limits.maxBytes && this.#nodes <= this.limits.maxNodes;
  }

  /** Counts anew, after whole trees have come or gone. `others` = trees that can be mounted. */
  recount(others: Iterable<DirectoryNode> = []): void {
    const todo = [...new Set([this.root, ...others])];
    const files = new Set<FileNode>();
    this.#nodes = 1;
    for (let directory = todo.pop(); directory !== undefined; directory = todo.pop()) {
      this.#nodes += directory.entries.size;
      for (const node of directory.entries.values()) {
        if (node.kind === 'directory') todo.push(node);
        else if (node.kind === 'file') files.add(node);
      }
    }
    this.#bytes = [...files].reduce((sum, { size }) => sum + size, 0);
  }

  locate(path: string, who: Credentials, follow = true): Location {
    return walk(this.root, this.mounts, path, who, follow);
  }

  /** The object at `path`; ENOENT when there is none. */
  lookup(path: string, who: Credentials = root, follow = true): Node {
    const { node } = this.locate(path, who, follow);
    if (node === undefined) throw new Errno('ENOENT');
    return node;
  }

  /** The object at `path`, or undefined when it does not exist or cannot be seen. */
  find(path: string, who: Credentials = root, follow = true): Node | undefined {
    try {
      return this.locate(path, who, follow).node;
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }

  directory(path: string, who: Credentials, wanted = READ): DirectoryNode {
    const node = this.lookup(path, who);
    if (node.kind !== 'directory') throw new Errno('ENOTDIR');
    if (!mayAccess(node, who, wanted)) throw new Errno('EACCES');
    return node;
  }

  readFile(path: string, who: Credentials = root): Uint8Array {
    const node = this.lookup(path, who);
    if (!mayAccess(node, who, READ)) throw new Errno('EACCES');
    if (node.kind === 'directory') throw new Errno('EISDIR');
    return node.kind === 'file' ? node.read() : new Uint8Array(0);
  }

  readText(path: string, who: Credentials = root): string {
    return Buffer.from(this.readFile(path, who)).toString('utf8');
  }

  /** Opens for writing, making the file when it is missing. */
  openForWriting(path: string, who: Credentials, options: OpenOptions = {}): Node {
    const { parent, name, node } = this.locate(path, who);
    if (node === undefined) {
      const made = new FileNode(who.uid, who.gid, options.mode ?? newMode(who, 0o666));
      this.#add(parent, name, made, who);
      return made;
    }
    if (options.exclusive === true) throw new Errno('EEXIST');
    if (node.kind === 'directory') throw new Errno('EISDIR');
    if (!mayAccess(node, who, WRITE)) throw new Errno('EACCES');
    if (options.truncate === true && node.kind === 'file') this.truncate(node, 0);
    return node;
  }

  write(node: FileNode, offset: number, bytes: Uint8Array): void {
    const growth = bytes.length === 0 ? 0 : Math.max(0, offset + bytes.length - node.size);
    if (this.#bytes + growth > this.limits.maxBytes) throw new Errno('ENOSPC');
    node.write(offset, bytes);
    this.#bytes += growth;
  }

  truncate(node: FileNode, size: number): void {
    const growth = size - node.size;
    if (this.#bytes + growth > this.limits.maxBytes) throw new Errno('ENOSPC');
    node.truncate(size);
    this.#bytes += growth;
  }

  /** Replaces a file's content; owner and mode of an existing file stay. */
  writeFile(path: string, content: string | Uint8Array, who: Credentials = root, mode?: number): FileNode {
    const node = this.openForWriting(path, who, { mode, truncate: true });
    if (node.kind !== 'file') throw new Errno('EINVAL');
    this.write(node, 0, typeof content === 'string' ? Buffer.from(content) : content);
    return node;
  }

  mkdir(path: string, who: Credentials = root, mode = newMode(who, 0o777)): DirectoryNode {
    const { parent, name, node } = this.locate(path, who);
    if (node !== undefined) throw new Errno('EEXIST');
    const made = new DirectoryNode(who.uid, who.gid, mode);
    this.#add(parent, name, made, who);
    return made;
  }

  /** `mkdir -p`: missing parents are made, an existing directory is left as it is. */
  mkdirs(path: string, who: Credentials = root, mode?: number): DirectoryNode {
    const existing = this.find(path, who);
    if (existing?.kind === 'directory') return existing;
    if (existing !== undefined) throw new Errno('EEXIST');
    if (path !== '/') this.mkdirs(dirname(path), who, mode);
    return this.mkdir(path, who, mode);
  }

  symlink(target: string, path: string, who: Credentials = root): void {
    this.link(new SymlinkNode(who.uid, who.gid, target), path, who);
  }

  /** Gives an object a (further) name. */
  link(made: Node, path: string, who: Credentials): void {
    const { parent, name, node } = this.locate(path, who, false);
    if (node !== undefined) throw new Errno('EEXIST');
    this.#add(parent, name, made, who);
  }

  /** Removes a name: a file's, or an empty directory's. */
  remove(path: string, who: Credentials = root): void {
    const { parent, name, node } = this.locate(path, who, false);
    if (node === undefined) throw new Errno('ENOENT');
    if (name === '' || this.#isMountPoint(parent, name)) throw new Errno('EBUSY');
    if (node.kind === 'directory' && node.entries.size > 0) throw new Errno('ENOTEMPTY');
    this.#requireWritable(parent, who, node);
    parent.entries.delete(name);
    parent.mtime = Date.now();
    this.#nodes--;
    if (node.kind === 'file' && --node.links === 0) this.#bytes -= node.size;
  }

  rename(from: string, to: string, who: Credentials): void {
    const source = this.locate(from, who, false);
    if (source.node === undefined) throw new Errno('ENOENT');
    if (source.name === '' || this.#isMountPoint(source.parent, source.name)) throw new Errno('EBUSY');
    const target = this.locate(to, who, false);
    if (`${target.real}/`.startsWith(`${source.real}/`)) {
      if (target.real === source.real) return;
      throw new Errno('EINVAL');
    }
    this.#requireWritable(source.parent, who, source.node);
    this.#requireWritable(target.parent, who, target.node);
    if (target.node?.kind === 'directory' && source.node.kind !== 'directory') throw new Errno('EISDIR');
    if (target.node !== undefined) this.remove(to, who);
    source.parent.entries.delete(source.name);
    target.parent.entries.set(target.name, source.node);
  }

  #add(parent: DirectoryNode, name: string, node: Node, who: Credentials): void {
    this.#requireWritable(parent, who);
    if (this.#nodes >= this.limits.maxNodes) throw new Errno('ENOSPC');
    parent.entries.set(name, node);
    parent.mtime = Date.now();
    this.#nodes++;
    if (node.kind === 'file') node.links++;
  }

  /** In a directory with the sticky bit (/tmp) only an object's owner may take it away. */
  #requireWritable(parent: DirectoryNode, who: Credentials, taken?: Node): void {
    if (!mayAccess(parent, who, WRITE | EXECUTE)) throw new Errno('EACCES');
    const sticky = (parent.mode & 0o1000) !== 0 && who.uid !== 0 && parent.uid !== who.uid;
    if (sticky && taken !== undefined && taken.uid !== who.uid) throw new Errno('EPERM');
  }

  #isMountPoint(parent: DirectoryNode, name: string): boolean {
    const child = parent.entries.get(name);
    return child?.kind === 'directory' && this.mounts.has(child);
  }
}
