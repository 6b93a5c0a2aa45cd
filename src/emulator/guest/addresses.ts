import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { GuestNic } from '../../simulator/index.js';

const MAX_ATTEMPTS = 200;

/** Gives NICs without an IPAM address one of their own, the same at every boot, never one in use. */
export class OwnAddresses {
  readonly #prefix: string;

  readonly #leases = new Map<string, string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** `fresh` = another one than before. */
  lease(nic: GuestNic, fresh: boolean): string {
    const before = this.#leases.get(nic.uuid);
    if (before !== undefined && !fresh) return before;
    const taken = new Set(this.#leases.values());
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const candidate = this.#candidate(nic.macAddress, attempt);
      if (taken.has(candidate)) continue;
      this.#leases.set(nic.uuid, candidate);
      return candidate;
    }
    throw new Error(`no free address in ${this.#prefix}.0.0/16`);
  }

  /** Leases by NIC. */
  save(): [nicUuid: string, address: string][] {
    return [...this.#leases];
  }

  /** Leases of another process; those outside of the prefix, or given twice, are made anew. */
  load(leases: readonly (readonly [nicUuid: string, address: string])[]): void {
    for (const [nicUuid, address] of leases) {
      const isOwn = isIPv4(address) && address.startsWith(`${this.#prefix}.`);
      if (isOwn && ![...this.#leases.values()].includes(address)) this.#leases.set(nicUuid, address);
    }
  }

  release(nicUuid: string): void {
    this.#leases.delete(nicUuid);
  }

  #candidate(macAddress: string, attempt: number): string {
    const digest = createHash('sha256').update(`${macAddress}/${attempt}`).digest();
    const last = 1 + (digest.readUInt8(1) % 254);
    return `${this.#prefix}.${digest.readUInt8(0)}.${last}`;
  }
}
