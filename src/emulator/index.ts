/**
 * Guests inside the simulator's process, behind its guest port: SSH and Docker's API really answer, nothing behind
 * them really runs.
 */
import { EmulatedGuests } from './guest/backend.js';
import type { EmulatedGuestOptions } from './guest/options.js';

export { emulatedGuestKind } from './guest-kind.js';
export type { EmulatedGuests };
export type { EmulatedGuestOptions, GuestFaults, GuestTimes } from './guest/options.js';

/** A backend for `startSimulator`, e.g. in a test. */
export function createEmulatedGuests(options: EmulatedGuestOptions): EmulatedGuests {
  return new EmulatedGuests(options);
}
