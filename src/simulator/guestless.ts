import type { GuestBackend } from './guests/guest-backend.js';

/** VMs with nothing inside: they obey ACPI at once and never learn an address by themselves. */
export function guestless(): GuestBackend {
  return {
    kind: 'none',
    powerOn: (_spec, events) =>
      Promise.resolve({
        requestShutdown: () => events.poweredOff(),
        requestReboot: () => undefined,
        powerOff: () => Promise.resolve(),
        reset: () => Promise.resolve(),
      }),
    remove: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
