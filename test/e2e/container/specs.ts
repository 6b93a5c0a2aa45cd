import { randomUUID } from 'node:crypto';
import type { GuestEvents, GuestSpec } from '../../../src/simulator/guests/index.js';
import type { GuestLogin } from './guest-login.js';

const GIB = 2 ** 30;

/** A VM with one managed card and a system disk of 20 GiB; the user-data lets root in with the login's key. */
export function guestSpec(login: GuestLogin, address: string, changes: Partial<GuestSpec> = {}): GuestSpec {
  return {
    vmUuid: randomUUID(),
    name: 'web-1',
    userData: userData(login),
    metaData: undefined,
    memoryMiB: 1024,
    cpus: 1,
    nics: [managedNic(address)],
    disks: [{ uuid: randomUUID(), sizeBytes: 20 * GIB, adapter: 'SCSI', index: 0 }],
    ...changes,
  };
}

export function managedNic(address: string): GuestSpec['nics'][number] {
  const [a = '', b = '', c = '', d = ''] = address.split('.');
  const mac = ['50:6b:8d', c, d].map((part, index) => (index === 0 ? part : hex(part))).join(':');
  return {
    uuid: randomUUID(),
    macAddress: `${mac}:01`,
    address,
    prefixLength: 24,
    subnetUuid: `subnet-${a}-${b}-${c}`,
    gateway: `${a}.${b}.${c}.1`,
  };
}

export function unmanagedNic(): GuestSpec['nics'][number] {
  return {
    uuid: randomUUID(),
    macAddress: '50:6b:8d:aa:bb:cc',
    address: undefined,
    prefixLength: undefined,
    subnetUuid: 'subnet-unmanaged',
  };
}

export function dataDisk(index: number, gib: number): GuestSpec['disks'][number] {
  return { uuid: randomUUID(), sizeBytes: gib * GIB, adapter: 'SCSI', index };
}

/** cloud-config that lets root in, with further lines. */
export function userData(login: GuestLogin, lines = ''): string {
  const user = `users: [{name: root, ssh_authorized_keys: ['${login.publicKey}']}]`;
  return `#cloud-config\ndisable_root: false\n${user}\n${lines}`;
}

/** What a guest told the outside, and a way to wait for it. */
export class Told implements GuestEvents {
  readonly learned: { readonly nic: string; readonly ip: string }[] = [];
  offs = 0;
  #whenOff: (() => void)[] = [];
  #whenLearned: (() => void)[] = [];

  addressLearned(nic: string, ip: string): void {
    this.learned.push({ nic, ip });
    for (const resolve of this.#whenLearned.splice(0)) resolve();
  }

  /** Resolves when the address of a card is known. */
  async address(): Promise<void> {
    if (this.learned.length === 0) await new Promise<void>((resolve) => this.#whenLearned.push(resolve));
  }

  poweredOff(): void {
    this.offs += 1;
    for (const resolve of this.#whenOff.splice(0)) resolve();
  }

  /** Resolves when the guest has turned itself off. */
  async off(): Promise<void> {
    if (this.offs === 0) await new Promise<void>((resolve) => this.#whenOff.push(resolve));
  }
}

function hex(decimal: string): string {
  return Number(decimal).toString(16).padStart(2, '0');
}
