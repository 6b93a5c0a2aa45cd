export { EmulatedGuests } from './guest/backend.js';
export type { EmulatedGuestOptions, GuestFaults, GuestTimes } from './guest/options.js';
