import ssh2, { type Attributes, type InputAttributes, type FileEntry, type SFTPWrapper } from 'ssh2';
import {
  Errno,
  type Credentials,
  type MemoryFileSystem,
  type Node,
  absolute,
  basename,
  dirname,
  isErrno,
  join,
  mayAccess,
  READ,
  root,
  type FileNode,
} from '../filesystem/index.js';
import type { User } from '../os/accounts.js';
import type { System } from '../os/process.js';
import { sizeOf, longLine } from '../programs/index.js';
import { endSftp } from './library-gaps.js';

const TYPE_BITS: Readonly<Record<Node['kind'], number>> = {
  directory: 0o040000,
  file: 0o100000,
  symlink: 0o120000,
  device: 0o020000,
};

/** An object's attributes as SFTP carries them. */
export function attributesOf(node: Node): Attributes {
  const seconds = Math.floor(node.mtime / 1000);
  return {
    mode: TYPE_BITS[node.kind] | node.mode,
    uid: node.uid,
    gid: node.gid,
    size: sizeOf(node),
    atime: seconds,
    mtime: seconds,
  };
}

/** Applies what a client sets: size, mode, owner, time. Throws Errno. */
export function applyAttributes(
  fs: MemoryFileSystem,
  node: Node,
  attributes: InputAttributes,
  who: Credentials,
): void {
  const owns = who.uid === 0 || who.uid === node.uid;
  const { mode, uid, gid, size, mtime } = attributes;
  if (!owns && (mode !== undefined || mtime !== undefined)) throw new Errno('EPERM');
  if (who.uid !== 0 && ((uid ?? node.uid) !== node.uid || (gid ?? node.gid) !== node.gid))
    throw new Errno('EPERM');
  if (size !== undefined) {
    if (node.kind !== 'file') throw new Errno('EINVAL');
    fs.truncate(node, size);
  }
  if (typeof mode === 'number' && node.kind !== 'symlink') node.mode = mode & 0o7777;
  node.uid = uid ?? node.uid;
  node.gid = gid ?? node.gid;
  if (typeof mtime === 'number') node.mtime = mtime * 1000;
}

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
const MAX_HANDLES = 100;
const MAX_READ = 256 * 1024;
const NAMES_PER_ANSWER = 100;

type Handle =
  | {
      readonly kind: 'file';
      readonly node: FileNode;
      readonly readable: boolean;
      readonly writable: boolean;
      readonly append: boolean;
    }
  | { readonly kind: 'directory'; readonly entries: FileEntry[] };

/** Serves SFTP version 3 on the guest's files, with the user's rights. */
export function serveSftp(system: System, user: User, sftp: SFTPWrapper): void {
  new SftpSession(system, user, sftp).listen();
}

class SftpSession {
  readonly #system: System;
  readonly #user: User;
  readonly #sftp: SFTPWrapper;

  readonly #handles = new Map<number, Handle>();
  #next = 0;

  constructor(system: System, user: User, sftp: SFTPWrapper) {
    this.#system = system;
    this.#user = user;
    this.#sftp = sftp;
  }

  listen(): void {
    const sftp = this.#sftp;
    sftp.on('OPEN', (id, path, flags, attributes) =>
      this.#answer(id, () => this.#open(id, path, flags, attributes)),
    );
    sftp.on('READ', (id, handle, offset, length) =>
      this.#answer(id, () => this.#read(id, handle, offset, length)),
    );
    sftp.on('WRITE', (id, handle, offset, bytes) =>
      this.#change(id, () => this.#write(handle, offset, bytes)),
    );
    sftp.on('CLOSE', (id, handle) => this.#change(id, () => void this.#handles.delete(numberOf(handle))));
    sftp.on('OPENDIR', (id, path) => this.#answer(id, () => this.#openDirectory(id, path)));
    sftp.on('READDIR', (id, handle) => this.#answer(id, () => this.#readDirectory(id, handle)));
    sftp.on('STAT', (id, path) =>
      this.#answer(id, () => sftp.attrs(id, attributesOf(this.#node(path, true)))),
    );
    sftp.on('LSTAT', (id, path) =>
      this.#answer(id, () => sftp.attrs(id, attributesOf(this.#node(path, false)))),
    );
    sftp.on('FSTAT', (id, handle) =>
      this.#answer(id, () => sftp.attrs(id, attributesOf(this.#file(handle).node))),
    );
    sftp.on('SETSTAT', (id, path, attributes) =>
      this.#change(id, () => this.#set(this.#node(path, true), attributes)),
    );
    sftp.on('FSETSTAT', (id, handle, attributes) =>
      this.#change(id, () => this.#set(this.#file(handle).node, attributes)),
    );
    sftp.on('REMOVE', (id, path) => this.#change(id, () => this.#remove(path, false)));
    sftp.on('RMDIR', (id, path) => this.#change(id, () => this.#remove(path, true)));
    sftp.on('MKDIR', (id, path) =>
      this.#change(id, () => void this.#system.fs.mkdir(this.#path(path), this.#user)),
    );
    sftp.on('RENAME', (id, from, to) => {
      this.#change(id, () => this.#system.fs.rename(this.#path(from), this.#path(to), this.#user));
    });
    sftp.on('SYMLINK', (id, path, target) => {
      this.#change(id, () => this.#system.fs.symlink(target, this.#path(path), this.#user));
    });
    sftp.on('READLINK', (id, path) => this.#answer(id, () => this.#readLink(id, path)));
    sftp.on('REALPATH', (id, path) => this.#answer(id, () => this.#realPath(id, path)));
    // The client has said all it had to say and waits for the channel to be closed.
    sftp.on('end', () => endSftp(sftp));
    sftp.on('error', () => sftp.end());
  }

  /** Runs a request that sends its own answer; an Errno is sent as its status. */
  #answer(id: number, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!isErrno(error)) throw error;
      this.#sftp.status(id, statusOf(error), error.message);
    }
  }

  #change(id: number, run: () => void): void {
    this.#answer(id, () => {
      run();
      this.#sftp.status(id, STATUS_CODE.OK);
    });
  }

  #path(path: string): string {
    return absolute(this.#user.home, path);
  }

  #node(path: string, follow: boolean): Node {
    return this.#system.fs.lookup(this.#path(path), this.#user, follow);
  }

  #file(handle: Buffer): Extract<Handle, { kind: 'file' }> {
    const found = this.#handles.get(numberOf(handle));
    if (found?.kind !== 'file') throw new Errno('EBADF');
    return found;
  }

  #newHandle(id: number, handle: Handle): void {
    if (this.#handles.size >= MAX_HANDLES) throw new Errno('EBUSY');
    const number = this.#next++;
    this.#handles.set(number, handle);
    const name = Buffer.alloc(4);
    name.writeUInt32BE(number);
    this.#sftp.handle(id, name);
  }

  #open(id: number, path: string, flags: number, attributes: Attributes): void {
    const { fs } = this.#system;
    const writable = (flags & (OPEN_MODE.WRITE | OPEN_MODE.APPEND)) !== 0;
    const makes = (flags & OPEN_MODE.CREAT) !== 0;
    const full = this.#path(path);
    if (!writable || !makes) fs.lookup(full, this.#user);
    const node = writable
      ? fs.openForWriting(full, this.#user, {
          mode: permissionsOf(attributes),
          truncate: (flags & OPEN_MODE.TRUNC) !== 0,
          exclusive: (flags & OPEN_MODE.EXCL) !== 0,
        })
      : fs.lookup(full, this.#user);
    if (node.kind === 'directory') throw new Errno('EISDIR');
    if (node.kind !== 'file') throw new Errno('EINVAL');
    const readable = (flags & OPEN_MODE.READ) !== 0;
    if (readable && !mayAccess(node, this.#user, READ)) throw new Errno('EACCES');
    this.#newHandle(id, { kind: 'file', node, readable, writable, append: (flags & OPEN_MODE.APPEND) !== 0 });
  }

  #read(id: number, handle: Buffer, offset: number, length: number): void {
    const { node, readable } = this.#file(handle);
    if (!readable) throw new Errno('EACCES');
    const bytes = node.read(offset, Math.min(length, MAX_READ));
    if (bytes.length === 0) this.#sftp.status(id, STATUS_CODE.EOF);
    else this.#sftp.data(id, Buffer.from(bytes));
  }

  #write(handle: Buffer, offset: number, bytes: Buffer): void {
    const { node, writable, append } = this.#file(handle);
    if (!writable) throw new Errno('EACCES');
    this.#system.fs.write(node, append ? node.size : offset, bytes);
  }

  #set(node: Node, attributes: Attributes): void {
    applyAttributes(this.#system.fs, node, attributes, this.#user);
  }

  #remove(path: string, directory: boolean): void {
    const isDirectory = this.#node(path, false).kind === 'directory';
    if (isDirectory !== directory) throw new Errno(directory ? 'ENOTDIR' : 'EISDIR');
    this.#system.fs.remove(this.#path(path), this.#user);
  }

  #openDirectory(id: number, path: string): void {
    const directory = this.#system.fs.directory(this.#path(path), this.#user, READ);
    const named: [string, Node][] = [['.', directory], ['..', directory], ...directory.entries];
    const entries = named.map(([filename, node]) => this.#entry(filename, node));
    this.#newHandle(id, { kind: 'directory', entries });
  }

  #entry(filename: string, node: Node): FileEntry {
    return {
      filename,
      longname: longLine({ system: this.#system }, filename, node),
      attrs: attributesOf(node),
    };
  }

  #readDirectory(id: number, handle: Buffer): void {
    const found = this.#handles.get(numberOf(handle));
    if (found?.kind !== 'directory') throw new Errno('EBADF');
    const entries = found.entries.splice(0, NAMES_PER_ANSWER);
    if (entries.length === 0) this.#sftp.status(id, STATUS_CODE.EOF);
    else this.#sftp.name(id, entries);
  }

  #readLink(id: number, path: string): void {
    const node = this.#node(path, false);
    if (node.kind !== 'symlink') throw new Errno('EINVAL');
    this.#sftp.name(id, [this.#entry(node.target, node)]);
  }

  /** The last name need not exist. */
  #realPath(id: number, path: string): void {
    const { fs } = this.#system;
    const full = this.#path(path);
    const node = fs.find(full, this.#user);
    const parent =
      fs.find(dirname(full), this.#user) === undefined
        ? dirname(full)
        : fs.locate(dirname(full), this.#user).real;
    const real = node === undefined ? join(parent, basename(full)) : fs.locate(full, this.#user).real;
    this.#sftp.name(id, [this.#entry(real, node ?? fs.lookup('/', root))]);
  }
}

/** ssh2's types promise a mode; clients often send none. */
function permissionsOf({ mode }: Partial<Attributes>): number {
  return (mode ?? 0o644) & 0o7777;
}

function numberOf(handle: Buffer): number {
  return handle.length === 4 ? handle.readUInt32BE() : -1;
}

function statusOf({ code }: Errno): number {
  if (code === 'ENOENT') return STATUS_CODE.NO_SUCH_FILE;
  return code === 'EACCES' || code === 'EPERM' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}
