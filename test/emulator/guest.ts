import { randomUUID } from 'node:crypto';
import { createEmulatedGuests } from '../../src/emulator/index.js';
import type { Guest, GuestSpec } from '../../src/simulator/guests/index.js';
import { type EmulatedGuestOptions } from '../../src/emulator/guest/options.js';
import { type EmulatedGuests } from '../../src/emulator/guest/backend.js';
import { silentLogger, systemClock } from '../../src/support/index.js';
import { loopbackAddress } from './loopback.js';
import { makeKeyPair } from './ssh/ssh-client.js';

const backends: EmulatedGuests[] = [];
export const keyPair = makeKeyPair();

export const SSH_PORT = 2022;
/** Nothing takes longer than a test has to wait for anyway. */
const TIMES = { boot: 0, cloudInit: 0, shutdown: 0, learning: 0, package: 0 };

afterEach(async () => {
  await Promise.all(backends.splice(0).map((backend) => backend.close()));
});

/** A backend that is closed after the test. */
export function emulatedGuests(options: Partial<EmulatedGuestOptions> = {}): EmulatedGuests {
  const common = { sshPort: SSH_PORT, clock: systemClock, logger: silentLogger, times: TIMES };
  const backend = createEmulatedGuests({ ...common, ...options });
  backends.push(backend);
  return backend;
}

export const ROOT_LOGIN = `#cloud-config\nusers: [{name: root, ssh_authorized_keys: ['${keyPair.public}']}]\n`;

export function guestSpec(changes: Partial<GuestSpec> = {}): GuestSpec & { readonly address: string } {
  const address = loopbackAddress();
  return {
    vmUuid: randomUUID(),
    name: 'web-1',
    userData: ROOT_LOGIN,
    metaData: undefined,
    memoryMiB: 2048,
    cpus: 2,
    nics: [{ uuid: randomUUID(), macAddress: '50:6b:8d:00:00:01', address, prefixLength: 24 }],
    disks: [{ uuid: randomUUID(), sizeBytes: 20 * 2 ** 30, adapter: 'SCSI', index: 0 }],
    ...changes,
    address,
  };
}

/** What a guest told the outside. */
export class Told {
  readonly learned: [nicUuid: string, ip: string][] = [];
  poweredOffs = 0;
  #wake: () => void = () => undefined;
  readonly off = new Promise<void>((resolve) => (this.#wake = resolve));

  readonly addressLearned = (nicUuid: string, ip: string): void => {
    this.learned.push([nicUuid, ip]);
  };

  readonly poweredOff = (): void => {
    this.poweredOffs += 1;
    this.#wake();
  };
}

export interface Started {
  readonly backend: EmulatedGuests;
  readonly guest: Guest;
  readonly told: Told;
  readonly spec: GuestSpec & { readonly address: string };
}

/** A guest that has booted to the end of cloud-init. */
export async function started(
  changes: Partial<GuestSpec> = {},
  options: Partial<EmulatedGuestOptions> = {},
): Promise<Started> {
  const backend = emulatedGuests(options);
  const spec = guestSpec(changes);
  const told = new Told();
  const guest = await backend.powerOn(spec, told);
  await backend.system(spec.vmUuid)?.cloudInit.finished(AbortSignal.timeout(120_000));
  return { backend, guest, told, spec };
}

/** How to log in to it. */
export function login({ spec }: Started, username = 'root', privateKey = keyPair.private) {
  return { host: spec.address, port: SSH_PORT, username, privateKey };
}
