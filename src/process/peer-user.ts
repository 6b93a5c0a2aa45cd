import { closeSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

/** The two ends of an accepted IPv4 connection, as `net.Socket` has them. */
export interface ConnectionEnds {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/**
 * Who is at the other end of a loopback connection. `hidden`: this system does not tell. `gone`: the kernel
 * has no open socket for it, so no answer would arrive.
 */
export type PeerUser = { readonly uid: number } | 'hidden' | 'gone';

/** Columns of /proc/net/tcp, after splitting at blanks. */
const LOCAL = 1;
const REMOTE = 2;
const UID = 7;
const INODE = 9;
/** What stands in front of an IPv4 address in the IPv6 table: ::ffff:0:0/96, in words as the kernel prints them. */
const MAPPED = endianness() === 'LE' ? '0000000000000000FFFF0000' : '00000000000000000000FFFF';

/**
 * Looks up the owner of the peer's socket in the kernel's tables: the peer of a loopback connection has a row
 * of its own there, with the two ends the other way round. Addresses count as well as ports, because another
 * user can have the same port on 127.0.0.2. A socket that its owner has closed already is shown with inode 0
 * and, on many kernels, with user 0; it must not pass for root.
 */
export function peerUser(
  ends: ConnectionEnds,
  read: (path: string) => Iterable<string> = readTable,
): PeerUser {
  if (process.platform !== 'linux') return 'hidden';
  const peer = spelling(ends.remoteAddress, ends.remotePort);
  const own = spelling(ends.localAddress, ends.localPort);
  if (peer === undefined || own === undefined) return 'gone';
  try {
    // A client with an IPv6 socket can be connected to an IPv4 listener; its row is in the other table. That
    // one is read only then: a look at a table takes the kernel milliseconds, however few rows it has.
    const user = ownerIn(read('/proc/net/tcp'), peer, own);
    return user === 'gone' ? ownerIn(read('/proc/net/tcp6'), peer, own) : user;
  } catch {
    return 'hidden';
  }
}

/** The table comes in pieces, and the rest of it is not asked for once the row is found. */
function ownerIn(table: Iterable<string>, peer: string, own: string): PeerUser {
  let unfinished = '';
  for (const piece of table) {
    const text = unfinished + piece;
    const end = text.lastIndexOf('\n') + 1;
    unfinished = text.slice(end);
    const rows = text.slice(0, end);
    if (!rows.includes(peer)) continue;
    for (const row of rows.split('\n')) {
      const owner = ownerOf(row, peer, own);
      if (owner !== undefined) return owner;
    }
  }
  return 'gone';
}

/** undefined = it is the row of another connection. */
function ownerOf(row: string, peer: string, own: string): PeerUser | undefined {
  const columns = row.trim().split(/\s+/);
  const matches = (column: number, end: string): boolean =>
    columns[column] === end || columns[column] === `${MAPPED}${end}`;
  if (!matches(LOCAL, peer) || !matches(REMOTE, own)) return undefined;
  if (columns[INODE] === '0') return 'gone';
  const uid = columns[UID] ?? '';
  return /^\d+$/.test(uid) ? { uid: Number(uid) } : 'hidden';
}

/**
 * The kernel gives a page of rows at a time, and each page takes it a walk through its table of connections: with
 * the thousand that an `ls` of hundreds of machines leaves behind, all pages are 5 ms.
 */
function* readTable(path: string): Generator<string> {
  const file = openTable(path);
  if (file === undefined) return;
  try {
    const page = Buffer.allocUnsafe(16 * 1024);
    for (;;) {
      const length = readSync(file, page);
      if (length === 0) return;
      yield page.toString('latin1', 0, length);
    }
  } finally {
    closeSync(file);
  }
}

function openTable(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    // Without IPv6 in the kernel there is no second table.
    if (path.endsWith('6')) return undefined;
    throw error;
  }
}

/** An end of a connection as the kernel's table has it: `0100007F:1F90` is 127.0.0.1:8080 on x86 and ARM. */
function spelling(address: string | undefined, port: number | undefined): string | undefined {
  const match = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(address ?? '');
  if (match === null || port === undefined) return undefined;
  const bytes = match.slice(1).map((digits) => hex(Number(digits), 2));
  if (endianness() === 'LE') bytes.reverse();
  return `${bytes.join('')}:${hex(port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
