/** Guests with a kernel of their own: VMs of QEMU. */
export { qemuGuestKind } from './guest-kind.js';
export { createQemuGuests, type QemuGuestsOptions } from './qemu-guests.js';
