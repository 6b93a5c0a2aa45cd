/** This process and others: who is at the other end of a socket, whether a process still lives, our version. */
export { peerUser, type ConnectionEnds, type PeerUser } from './peer-user.js';
export { commandLineOf, isAlive, signalGroup, startOf } from './process-life.js';
export { VERSION } from './version.js';
