import { z } from 'zod';
import type { VmDisk, VmSize } from '../../../provider/index.js';
import { diskBusFrom, lenient, maybe } from '../../shared/index.js';

const address = z.object({ adapter_type: maybe.text, device_index: maybe.number });
const disk = z.object({
  device_properties: lenient(z.object({ device_type: maybe.text, disk_address: lenient(address) })),
  disk_size_bytes: maybe.number,
  disk_size_mib: maybe.number,
});
const resources = z.object({
  num_sockets: maybe.number,
  num_vcpus_per_socket: maybe.number,
  memory_size_mib: maybe.number,
  disk_list: lenient(z.array(disk)),
});
type Disk = z.infer<typeof disk>;

const MIB_PER_GIB = 1024;
const BYTES_PER_GIB = 1024 ** 3;

/** The size in the resources of a VM's status, in the port's terms. */
export function sizeFrom(status: unknown): VmSize {
  const found = resources.safeParse(status).data ?? {};
  const disks = (found.disk_list ?? []).filter(
    ({ device_properties: device }) => device?.device_type === 'DISK',
  );
  return {
    sockets: found.num_sockets,
    coresPerSocket: found.num_vcpus_per_socket,
    memoryMiB: found.memory_size_mib,
    disks: disks.toSorted((a, b) => indexOf(a) - indexOf(b)).flatMap(diskFrom),
  };
}

function indexOf({ device_properties: device }: Disk): number {
  return device?.disk_address?.device_index ?? 0;
}

function diskFrom({ device_properties: device, disk_size_bytes: bytes, disk_size_mib: mib }: Disk): VmDisk[] {
  const bus = diskBusFrom(device?.disk_address?.adapter_type);
  if (bus === undefined) return [];
  // Sizes in MiB are rounded up.
  const fromMiB = mib === undefined ? undefined : mib / MIB_PER_GIB;
  return [{ bus, sizeGiB: bytes === undefined ? fromMiB : bytes / BYTES_PER_GIB }];
}
