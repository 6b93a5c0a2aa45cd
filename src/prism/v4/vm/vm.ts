import { z } from 'zod';
import { lenient, maybe, rawObject } from '../../shared/index.js';
import type { EntityPlace } from '../read-entity.js';

/** Where the VMs are in the namespace vmm. */
export const VMS = '/ahv/config/vms';

export function vmPath(id: string): string {
  return `${VMS}/${encodeURIComponent(id)}`;
}

/** What every reading of a VM needs of it; what is empty or unset is absent (recorded-v4 A1). */
export const vm = z.object({
  extId: maybe.text,
  name: maybe.text,
  description: maybe.text,
  powerState: maybe.text,
  createTime: maybe.text,
  numSockets: maybe.number,
  numCoresPerSocket: maybe.number,
  memorySizeBytes: maybe.number,
  disks: lenient(z.array(rawObject)),
  nics: lenient(z.array(rawObject)),
  categories: lenient(z.array(z.looseObject({ extId: maybe.text }))),
  ownershipInfo: lenient(
    z.object({
      owner: lenient(z.object({ extId: maybe.text, name: maybe.text })),
    }),
  ),
});
export type V4Vm = z.infer<typeof vm>;

/** A VM as a place to read. */
export function vmAt(id: string): EntityPlace<V4Vm> {
  return { namespace: 'vmm', path: vmPath(id), shape: vm };
}
