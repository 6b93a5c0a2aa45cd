import { z } from 'zod';
import type { Vm, VmDisk, VmSize } from '../../../provider/index.js';
import { diskBusFrom, lenient, maybe } from '../../shared/index.js';
import { nicsFrom } from './nics.js';
import type { V4Vm } from './vm.js';

const disk = z.object({
  diskAddress: lenient(z.object({ busType: maybe.text, index: maybe.number })),
  backingInfo: lenient(z.object({ diskSizeBytes: maybe.number, volumeGroupExtId: maybe.text })),
});
type Disk = z.infer<typeof disk>;

const BYTES_PER_GIB = 1024 ** 3;
const BYTES_PER_MIB = 1024 ** 2;

/** A VM as the API shows it, in the port's terms. */
export function vmFrom(found: V4Vm, id: string): Vm {
  return {
    id,
    name: found.name ?? '',
    lifecycle: 'ready',
    power: powerOf(found),
    nics: nicsFrom(found.nics ?? []),
    // Of the hundreds in a list, hardly one is asked for its size.
    get size() {
      return sizeOf(found);
    },
  };
}

/** UNDETERMINED, `$UNKNOWN` and `$REDACTED` say nothing (reference v4 3.4). */
export function powerOf({ powerState }: V4Vm): Vm['power'] {
  switch (powerState) {
    case 'ON':
      return 'on';
    case 'OFF':
      return 'off';
    case 'PAUSED':
      return 'paused';
    default:
      return 'unknown';
  }
}

/** Volume groups are attached to a VM and no part of its size; CD-ROMs have a list of their own. */
export function sizeOf({ numSockets, numCoresPerSocket, memorySizeBytes, disks = [] }: V4Vm): VmSize {
  return {
    sockets: numSockets,
    coresPerSocket: numCoresPerSocket,
    memoryMiB: memorySizeBytes === undefined ? undefined : memorySizeBytes / BYTES_PER_MIB,
    disks: disksIn(disks)
      .filter(({ backingInfo }) => backingInfo?.volumeGroupExtId === undefined)
      .toSorted((a, b) => (a.diskAddress?.index ?? 0) - (b.diskAddress?.index ?? 0))
      .flatMap(diskFrom),
  };
}

/** The volume groups that are attached to a VM; they are among its disks (reference v4 6.3). */
export function volumeGroupsOf({ disks = [] }: V4Vm): readonly string[] {
  const ids = disksIn(disks).flatMap(({ backingInfo }) => backingInfo?.volumeGroupExtId ?? []);
  return [...new Set(ids)];
}

function disksIn(list: readonly unknown[]): readonly Disk[] {
  return list.map((one) => disk.safeParse(one).data ?? {});
}

function diskFrom({ diskAddress, backingInfo }: Disk): VmDisk[] {
  const bus = diskBusFrom(diskAddress?.busType);
  const bytes = backingInfo?.diskSizeBytes;
  return bus === undefined ? [] : [{ bus, sizeGiB: bytes === undefined ? undefined : bytes / BYTES_PER_GIB }];
}
