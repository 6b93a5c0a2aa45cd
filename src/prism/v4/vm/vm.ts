import { z } from 'zod';
import type { CallContext } from '../../../provider/index.js';
import { unlessCode } from '../../../support/index.js';
import { lenient, maybe, rawObject, type RawObject } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';

/** Where the VMs are in the namespace vmm. */
export const VMS = '/ahv/config/vms';

export function vmPath(id: string): string {
  return `${VMS}/${encodeURIComponent(id)}`;
}

/** What every reading of a VM needs of it; what is empty or unset is absent (recorded-v4 A1). */
export const vm = z.looseObject({
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
  ownershipInfo: lenient(
    z.looseObject({
      owner: lenient(z.looseObject({ extId: maybe.text, name: maybe.text })),
    }),
  ),
});
export type V4Vm = z.infer<typeof vm>;

/** A VM exactly as the server sent it, with the ETag that a change of it has to name. */
export interface ReadVm {
  readonly vm: V4Vm;
  readonly raw: RawObject;
  readonly etag: string | undefined;
}

/** A VM that is not there is an OperationError `not-found`. */
export async function getVm(
  { api }: V4Backend,
  id: string,
  attempted: string,
  { signal }: CallContext,
): Promise<ReadVm> {
  const request = { namespace: 'vmm', method: 'GET', path: vmPath(id), answer: rawObject } as const;
  const { data: raw, etag } = await api.send(request, { attempted, signal });
  return { vm: vm.parse(raw), raw, etag };
}

/** undefined when the server says that there is no such VM. */
export async function readVm(
  backend: V4Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<ReadVm | undefined> {
  return await unlessCode(getVm(backend, id, attempted, context), 'not-found');
}
