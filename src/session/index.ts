/**
 * One host as a process works on it for a while: a connection that is opened when it is first needed, one operation at a
 * time, time limits, and what was seen last. Made of parts that any front end can put together; where the host's record
 * is kept, and in which words a client is answered, is the front end's business.
 */
export type { ConnectionSource, OpenConnection } from './host-connection.js';
export type { HostChanges, HostRecord, HostStore, TimeLimits } from './host-record.js';
export { HostSession, type SessionDependencies, type SessionLog } from './host-session.js';
export { URL_LIMIT, type GuestProbe, type ObservedState } from './observation.js';
