export {
  type Guest,
  type GuestBackend,
  type GuestDisk,
  type GuestEvents,
  type GuestNic,
  type GuestSpec,
  noGuests,
} from './guest-backend.js';
