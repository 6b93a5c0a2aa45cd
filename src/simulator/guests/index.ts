export type { Guest, GuestBackend, GuestDisk, GuestEvents, GuestNic, GuestSpec } from './guest-backend.js';
export { noGuests } from './no-guests.js';
