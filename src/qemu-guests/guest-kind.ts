import type { GuestKind } from '../simulator/index.js';
import { createQemuGuests } from './qemu-guests.js';

/** An emulated CPU on a busy machine may take this long to shut a real system down, ms. */
const SHUTDOWN = 120_000;

/** `--guests qemu` of the program prism-simulator. */
export const qemuGuestKind: GuestKind = {
  make: async ({ settings: { guestImage: image }, logger }) => await createQemuGuests({ image, logger }),
  latency: (profile) => ({ ...profile, shutdown: Math.max(profile.shutdown, SHUTDOWN) }),
};
