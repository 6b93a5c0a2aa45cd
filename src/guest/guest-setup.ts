import type { GuestDisk } from './guest-disk.js';

/** The setup that every guest gets, whatever the user's own user-data says. */
export interface GuestSetup {
  /** Who logs in over SSH. */
  readonly user: string;
  /** One line of an authorized_keys file. */
  readonly publicKey: string;
  /** Disks to be formatted (only when blank) and mounted. */
  readonly disks: readonly GuestDisk[];
}

/** cloud-config as plain values. */
export type PlainMap = Readonly<Record<string, unknown>>;

export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Which user-data a cloud takes: any that guests read, or only what begins with `#cloud-config`. */
export type UserDataForm = 'any' | 'cloud-config';
