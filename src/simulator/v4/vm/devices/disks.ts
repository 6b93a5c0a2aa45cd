import { changed } from './changed.js';
import { requestBody } from '../../message/request-body.js';
import { withRealSizes } from '../create-checks.js';
import { cdRomBody, diskBody } from '../device-bodies.js';
import { cdRomView, diskView } from '../device-views.js';
import { cdRomOptions, diskOptions } from '../options.js';
import { overDisk } from '../update.js';
import type { DiskOptions } from '../../../core/vm/options.js';
import type { V4World } from '../../world.js';
import type { DeviceChange, DeviceType } from './device-type.js';

import type { VmConfig, VmDisk } from '../../../core/store/vm-record.js';

/** disks of a VM, also those that are volume groups. */
export const disks: DeviceType = {
  plural: 'disks',
  word: 'Disk',
  kind: 'vm_disk',
  shown: (of, { config }) => shown(config, false, (disk) => diskView(of, disk)),
  added: (world, call) => added(world, diskOptions(requestBody(world, call, diskBody))),
  replaced: (world, call, extId) => {
    const wanted = { ...diskOptions(requestBody(world, call, diskBody)), uuid: extId };
    return (options, { config }) => ({
      ...options,
      disks: changed(options.disks, extId, (disk) => ({
        ...overDisk(wanted, config),
        address: wanted.address ?? disk.address,
      })),
    });
  },
  removed: (extId) => (options) => ({
    ...options,
    disks: options.disks.filter(({ uuid }) => uuid !== extId),
  }),
};

/** cd-roms of a VM. */
export const cdRoms: DeviceType = {
  plural: 'cd-roms',
  word: 'CdRom',
  kind: 'vm_cdrom',
  shown: (of, { config }) => shown(config, true, (disk) => cdRomView(of, config, disk)),
  added: (world, call) => added(world, cdRomOptions(requestBody(world, call, cdRomBody))),
  removed: disks.removed,
};

/** The drives or the other disks of a VM. */
function shown<V>(
  { disks: all }: VmConfig,
  areDrives: boolean,
  view: (disk: VmDisk) => V,
): { extId: string; view: V }[] {
  const ones = all.filter(({ type }) => (type === 'CDROM') === areDrives);
  return ones.map((disk) => ({ extId: disk.uuid, view: view(disk) }));
}

/** Another disk or drive; its id is the server's to choose. */
function added(world: V4World, wanted: DiskOptions): DeviceChange {
  return (options, vm) => ({
    ...options,
    disks: [...options.disks, ...withRealSizes(world, vm.uuid, [{ ...wanted, uuid: undefined }])],
  });
}
