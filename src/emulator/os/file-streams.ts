import { Errno, mayAccess, READ, type Credentials, type MemoryFileSystem } from '../filesystem/index.js';
import { randomBytes } from 'node:crypto';
import type { Budget } from './budget.js';
import { bytesOf, empty, nowhere, type ByteSink, type ByteSource } from './streams.js';

const CHUNK = 64 * 1024;

/** A file opened for reading. `stdin` stands for the opener's own standard input (/dev/stdin). */
export function fileSource(
  fs: MemoryFileSystem,
  path: string,
  who: Credentials,
  budget: Budget,
): ByteSource | 'stdin' {
  const node = fs.lookup(path, who);
  if (!mayAccess(node, who, READ)) throw new Errno('EACCES');
  switch (node.kind) {
    case 'file':
      return bytesOf(node.read());
    case 'device':
      if (node.device === 'stdin' || node.device === 'tty') return 'stdin';
      if (node.device === 'zero') return endless(budget, () => new Uint8Array(CHUNK));
      return node.device === 'urandom' ? endless(budget, () => randomBytes(CHUNK)) : empty;
    default:
      throw new Errno('EISDIR');
  }
}

function endless(budget: Budget, chunk: () => Uint8Array): ByteSource {
  return {
    read: async () => {
      await budget.deviceBytes(CHUNK);
      return chunk();
    },
  };
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
