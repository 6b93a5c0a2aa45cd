/**
 * Guests inside the simulator's process, behind its guest port: SSH and Docker's API really answer, nothing behind
 * them really runs.
 *
 * The rooms, in the order in which they are best read; each uses only those before it:
 *
 *   filesystem  files in memory with owners, modes, links, mounts
 *   regex       POSIX regular expressions in linear time
 *   os          what a process sees of its guest (System), accounts, streams, how a program is found and run
 *   disks       block devices and the file systems on them
 *   packages    what apt can find and what is installed
 *   services    systemd: unit files, daemons, what starts at boot
 *   shell       sh and bash, from grammar to interpreter
 *   programs    /usr/bin; each program is a function of its Process, and of the part of the guest that it needs
 *   docker      dockerd and the engine's API
 *   cloudinit   user-data, and what cloud-init does with it
 *   ssh         sshd, sessions, terminals, SFTP
 *   guest       one VM's guest put together: image, boot, power, addresses, what is saved
 *
 * `guest/guest-system.ts` shows a guest with all its parts, `guest/boot.ts` what happens from power-on to login.
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
