/** One group belongs to one process: a lock on its computer and a note in the cloud. */
export type { GroupLease } from './lease.js';
export { takeGroupLease, type LeaseParts } from './take-lease.js';
