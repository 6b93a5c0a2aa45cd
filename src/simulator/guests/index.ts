import { EmulatedGuests } from '../../emulator/index.js';
import type { EmulatedGuestOptions } from '../../emulator/index.js';

export { EmulatedGuests } from '../../emulator/index.js';
export type { EmulatedGuestOptions, GuestFaults, GuestTimes } from '../../emulator/index.js';
export type { Guest, GuestBackend, GuestDisk, GuestEvents, GuestNic, GuestSpec } from './guest-backend.js';
export { noGuests } from './no-guests.js';

/** Guests inside this process: SSH and Docker's API really answer, nothing behind them really runs. */
export function createEmulatedGuests(options: EmulatedGuestOptions): EmulatedGuests {
  return new EmulatedGuests(options);
}
