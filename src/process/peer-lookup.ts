import { endianness } from 'node:os';
import { cLibrary } from './c-library.js';
import { peerUser, type ConnectionEnds, type PeerUser } from './peer-user.js';

/** Calls of the C library that are made here; integers in, integers out. */
interface Calls {
  readonly socket: (family: number, type: number, protocol: number) => number;
  readonly send: (socket: number, bytes: Buffer, length: number, flags: number) => number;
  readonly recv: (socket: number, bytes: Buffer, length: number, flags: number) => number;
}

const TRANSFER = { args: ['int', 'ptr', 'usize', 'int'], returns: 'int' } as const;
const SIGNATURES = {
  socket: { args: ['int', 'int', 'int'], returns: 'int' },
  send: TRANSFER,
  recv: TRANSFER,
} as const;

const AF_NETLINK = 16;
const RAW_CLOSED_ON_EXEC = 3 | 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 1;
const MSG_DONTWAIT = 0x40;
const AF_INET = 2;
const IPPROTO_TCP = 6;

/**
 * Looks peers up by asking the kernel for the one socket (sock_diag(7)), which takes it microseconds; reading its table
 * takes milliseconds, which a process that serves hundreds of plugins would spend for each of them. Only the packaged
 * runtime can make such calls; elsewhere, and where the kernel has no answer, the table is read.
 */
export function quickPeerLookUp(): (ends: ConnectionEnds) => PeerUser {
  const calls = endianness() === 'LE' ? cLibrary<Calls>(SIGNATURES) : undefined;
  const socket = calls?.socket(AF_NETLINK, RAW_CLOSED_ON_EXEC, NETLINK_SOCK_DIAG) ?? -1;
  if (calls === undefined || socket < 0) return peerUser;
  let sequence = 0;
  return (ends) => {
    const question = questionOf(ends, (sequence += 1));
    if (question === undefined) return peerUser(ends);
    const answer = Buffer.alloc(512);
    const sent = calls.send(socket, question, question.length, 0);
    const length = sent === question.length ? calls.recv(socket, answer, answer.length, MSG_DONTWAIT) : -1;
    return ownerIn(answer.subarray(0, Math.max(0, length)), sequence) ?? peerUser(ends);
  };
}

/**
 * nlmsghdr and inet_diag_req_v2, in the order of the machine, ports and addresses in that of the network:
 *
 *     | length 4 | type 2 | flags 2 | sequence 4 | port id 4 |
 *     | family 1 | protocol 1 | extensions 1 | 0 | states 4 |
 *     | port 2 | port 2 | address 16 | address 16 | interface 4 | cookie 8, all ones = any |
 *
 * The peer's end comes first: it is the peer's socket that is asked for.
 */
function questionOf(ends: ConnectionEnds, sequence: number): Buffer | undefined {
  const [peer, own] = [addressOf(ends.remoteAddress), addressOf(ends.localAddress)];
  const { remotePort, localPort } = ends;
  if (peer === undefined || own === undefined || remotePort === undefined || localPort === undefined)
    return undefined;
  const bytes = Buffer.alloc(72);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
  bytes.writeUInt16LE(NLM_F_REQUEST, 6);
  bytes.writeUInt32LE(sequence, 8);
  bytes[16] = AF_INET;
  bytes[17] = IPPROTO_TCP;
  bytes.writeUInt32LE(0xffffffff, 20);
  bytes.writeUInt16BE(remotePort, 24);
  bytes.writeUInt16BE(localPort, 26);
  bytes.set(peer, 28);
  bytes.set(own, 44);
  bytes.fill(0xff, 64, 72);
  return bytes;
}

/** nlmsghdr 16 | inet_diag_msg: 4 | the socket 48 | expires 4 | queues 8 | user 4 | inode 4 |; inode 0 = it was closed. */
function ownerIn(answer: Buffer, sequence: number): PeerUser | undefined {
  const isAnswer =
    answer.length >= 88 &&
    answer.readUInt16LE(4) === SOCK_DIAG_BY_FAMILY &&
    answer.readUInt32LE(8) === sequence;
  if (!isAnswer) return undefined;
  return answer.readUInt32LE(84) === 0 ? 'gone' : { uid: answer.readUInt32LE(80) };
}

function addressOf(text: string | undefined): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text ?? '');
  return match === null ? undefined : match.slice(1).map(Number);
}
