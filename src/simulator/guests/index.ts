import { EmulatedGuests } from './emulated/backend.js';
import type { EmulatedGuestOptions } from './emulated/options.js';

export { EmulatedGuests } from './emulated/backend.js';
export type { EmulatedGuestOptions, GuestFaults, GuestTimes } from './emulated/options.js';
export type { Guest, GuestBackend, GuestDisk, GuestEvents, GuestNic, GuestSpec } from './guest-backend.js';
export { noGuests } from './no-guests.js';

/** Guests inside this process: SSH and Docker's API really answer, nothing behind them really runs. */
export function createEmulatedGuests(options: EmulatedGuestOptions): EmulatedGuests {
  return new EmulatedGuests(options);
}
