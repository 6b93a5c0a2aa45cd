import type { Attributes, InputAttributes } from 'ssh2';
import { Errno, type Credentials, type MemoryFileSystem, type Node } from '../filesystem/index.js';
import { sizeOf } from '../programs/index.js';

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
