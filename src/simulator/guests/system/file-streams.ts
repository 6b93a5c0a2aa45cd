import { Errno, mayAccess, READ, type Credentials, type MemoryFileSystem } from '../filesystem/index.js';
import { randomBytes } from 'node:crypto';
import { bytesOf, empty, nowhere, type ByteSink, type ByteSource } from './streams.js';

const CHUNK = 64 * 1024;

/** A file opened for reading. `stdin` stands for the opener's own standard input (/dev/stdin). */
export function fileSource(fs: MemoryFileSystem, path: string, who: Credentials): ByteSource | 'stdin' {
  const node = fs.lookup(path, who);
  if (!mayAccess(node, who, READ)) throw new Errno('EACCES');
  switch (node.kind) {
    case 'file':
      return bytesOf(node.read());
    case 'device':
      if (node.device === 'stdin' || node.device === 'tty') return 'stdin';
      if (node.device === 'zero') return { read: () => Promise.resolve(new Uint8Array(CHUNK)) };
      if (node.device === 'urandom') return { read: () => Promise.resolve(randomBytes(CHUNK)) };
      return empty;
    default:
      throw new Errno('EISDIR');
  }
}

/** A file opened for writing, made when missing. `stdout` and `stderr` stand for the opener's own. */
export function fileSink(
  fs: MemoryFileSystem,
  path: string,
  who: Credentials,
  append: boolean,
): ByteSink | 'stdout' | 'stderr' {
  const node = fs.openForWriting(path, who, { truncate: !append });
  if (node.kind === 'device') {
    if (node.device === 'stdout' || node.device === 'tty') return 'stdout';
    return node.device === 'stderr' ? 'stderr' : nowhere;
  }
  if (node.kind !== 'file') throw new Errno('EISDIR');
  let offset = 0;
  return {
    write: (bytes) => {
      try {
        fs.write(node, append ? node.size : offset, bytes);
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Errno('EINVAL'));
      }
      offset += bytes.length;
      return Promise.resolve();
    },
  };
}
