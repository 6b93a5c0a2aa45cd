import type { Node, Ownership } from './node.js';

/** Who asks: the kernel's view of a user. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  /** Every group the user is in, `gid` included. */
  readonly groups: ReadonlySet<number>;
  /** Permission bits that new files do not get; 022 unless set. */
  readonly umask?: number | undefined;
}

export const root: Credentials = { uid: 0, gid: 0, groups: new Set([0]) };

/** The mode of a new object: `wanted` without what the umask takes away. */
export function newMode(who: Credentials, wanted: number): number {
  return wanted & ~(who.umask ?? 0o022);
}

export const READ = 4;
export const WRITE = 2;
export const EXECUTE = 1;

/** Whether `who` may do `wanted` (a sum of READ, WRITE, EXECUTE) with the object. */
export function mayAccess(node: Node, who: Credentials, wanted: number): boolean {
  if (who.uid === 0)
    return (wanted & EXECUTE) === 0 || node.kind === 'directory' || (node.mode & 0o111) !== 0;
  return (bitsFor(node, who) & wanted) === wanted;
}

function bitsFor(node: Ownership, who: Credentials): number {
  if (node.uid === who.uid) return (node.mode >> 6) & 7;
  if (who.groups.has(node.gid)) return (node.mode >> 3) & 7;
  return node.mode & 7;
}
