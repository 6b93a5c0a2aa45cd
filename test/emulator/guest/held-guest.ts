import { connect as connectTcp } from 'node:net';
import type { EmulatedGuestOptions } from '../../../src/emulator/guest/options.js';
import type { GuestSpec } from '../../../src/simulator/guests/index.js';
import { HeldClock } from '../../simulator/held-clock.js';
import { emulatedGuests, guestSpec, SSH_PORT, Told } from '../guest.js';

/** How long what takes, ms. */
export const TIMES = { boot: 300, cloudInit: 200, shutdown: 150, learning: 400, package: 10 };

export function isOpen(address: string, port = SSH_PORT): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A guest whose time is the test's. */
export async function held(changes: Partial<GuestSpec> = {}, options: Partial<EmulatedGuestOptions> = {}) {
  const clock = new HeldClock();
  const backend = emulatedGuests({ clock, times: TIMES, ...options });
  const spec = guestSpec(changes);
  const told = new Told();
  const guest = await backend.powerOn(spec, told);
  const system = () => {
    const running = backend.system(spec.vmUuid);
    if (running === undefined) throw new Error('the guest is off');
    return running;
  };
  return { clock, backend, spec, told, guest, system };
}
