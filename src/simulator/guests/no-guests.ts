import type { GuestBackend } from './guest-backend.js';

/** VMs with nothing inside: they obey ACPI at once, listen nowhere, and never learn an address. */
export function noGuests(): GuestBackend {
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
