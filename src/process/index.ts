/** This process and others: who is at the other end of a socket, whether a process still lives, locks, the place of a socket, our version. */
export { GarbageLimit } from './garbage.js';
export {
  breakLock,
  dropSpareLock,
  keepSpareLock,
  lockOutOfSight,
  takeLock,
  waitForLock,
  type Lock,
} from './lock.js';
export { listeningSocket } from './listening-socket.js';
export { quickPeerLookUp } from './peer-lookup.js';
export { peerUser, type ConnectionEnds, type PeerUser } from './peer-user.js';
export {
  commandLineOf,
  hasEnded,
  isAlive,
  isInSight,
  signalGroup,
  startOf,
  processIdentity,
} from './process-identity.js';
export {
  exitWhenPrinted,
  programRuntime,
  surviveClosedOutput,
  userAtComputer,
  type ProgramRuntime,
} from './program.js';
export { isSocketAnswered, LONGEST_SOCKET_PATH, makeWayForSocket } from './unix-socket.js';
export { parseRevision, revisionOfBuild, type Revision } from './revision.js';
export { VERSION } from './version.js';
