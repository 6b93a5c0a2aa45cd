import { Errno } from './errno.js';

/** Owner, group and permission bits (0o7777), and the time of the last change in ms since 1970. */
export interface Ownership {
  uid: number;
  gid: number;
  mode: number;
  mtime: number;
}

/** A directory entry's object. Hard links are the same object under several names. */
export type Node = FileNode | DirectoryNode | SymlinkNode | DeviceNode;

export class DirectoryNode implements Ownership {
  readonly kind = 'directory';
  readonly entries = new Map<string, Node>();
  mtime = Date.now();

  constructor(
    public uid: number,
    public gid: number,
    public mode: number,
  ) {}
}

export class SymlinkNode implements Ownership {
  readonly kind = 'symlink';
  readonly mode = 0o777;
  mtime = Date.now();

  constructor(
    public uid: number,
    public gid: number,
    readonly target: string,
  ) {}
}

export type Device = 'null' | 'zero' | 'urandom' | 'tty' | 'stdin' | 'stdout' | 'stderr' | 'block';

export class DeviceNode implements Ownership {
  readonly kind = 'device';
  mtime = Date.now();

  constructor(
    readonly device: Device,
    public uid: number,
    public gid: number,
    public mode: number,
  ) {}
}

const NO_BYTES = new Uint8Array(0);

/** A regular file. `generate` makes it one of those whose text is made at each reading (/proc). */
export class FileNode implements Ownership {
  readonly #generate: (() => string) | undefined;

  readonly kind = 'file';
  mtime = Date.now();
  /** Names it has. */
  links = 0;
  #bytes: Uint8Array = NO_BYTES;
  #size = 0;

  constructor(
    public uid: number,
    public gid: number,
    public mode: number,
    generate?: () => string,
  ) {
    this.#generate = generate;
  }

  get size(): number {
    return this.#size;
  }

  /** The bytes from `offset`, at most `length` of them; a copy that later writes leave alone. */
  read(offset = 0, length = Infinity): Uint8Array {
    const bytes: Uint8Array = this.#generate === undefined ? this.#bytes : Buffer.from(this.#generate());
    const end = this.#generate === undefined ? this.#size : bytes.length;
    return bytes.slice(Math.min(offset, end), Math.min(offset + length, end));
  }

  /** Writes at `offset`; a gap before it is filled with zeros. */
  write(offset: number, bytes: Uint8Array): void {
    if (this.#generate !== undefined) throw new Errno('EPERM');
    if (bytes.length === 0) return;
    const end = offset + bytes.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(bytes, offset);
    this.#size = Math.max(this.#size, end);
    this.mtime = Date.now();
  }

  truncate(size: number): void {
    if (this.#generate !== undefined) throw new Errno('EPERM');
    if (size > this.#bytes.length) this.#grow(size);
    this.#bytes.fill(0, Math.min(size, this.#size));
    this.#size = size;
    this.mtime = Date.now();
  }

  /** Small files stay exact; files that grow step by step double, so that appending costs linear time. */
  #grow(capacity: number): void {
    const grown = new Uint8Array(this.#size === 0 ? capacity : Math.max(capacity, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}
