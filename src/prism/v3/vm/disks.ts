import type { DiskBus, VmSpec } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';

const MIB_PER_GIB = 1024;

/**
 * The disk list of a create: the image on SCSI 0, then the additional disks, each on its bus in order. The
 * server adds the cloud-init CD-ROM by itself (reference 5.2, 5.6).
 */
export function vmDiskList({ placement, systemDiskGiB, disks }: VmSpec): readonly object[] {
  const nextIndex: Record<DiskBus, number> = { scsi: 1, sata: 0, pci: 0, ide: 0 };
  const system = {
    device_properties: deviceAt('scsi', 0),
    data_source_reference: { kind: 'image', uuid: placement.image.id },
    ...(systemDiskGiB === undefined ? {} : { disk_size_mib: systemDiskGiB * MIB_PER_GIB }),
  };
  const additional = disks.map(({ sizeGiB, bus }, position) => {
    const container = placement.storageContainers[position];
    const index = nextIndex[bus];
    nextIndex[bus] += 1;
    return {
      device_properties: deviceAt(bus, index),
      disk_size_mib: sizeGiB * MIB_PER_GIB,
      ...(container === undefined
        ? {}
        : {
            storage_config: {
              storage_container_reference: { kind: 'storage_container', uuid: container.id },
            },
          }),
    };
  });
  return [system, ...additional];
}

function deviceAt(bus: DiskBus, index: number): object {
  return { device_type: 'DISK', disk_address: { adapter_type: bus.toUpperCase(), device_index: index } };
}

/** Machine type Q35 has no IDE (reference 5.3). */
export function refuseIdeOnQ35({ name, disks }: VmSpec): void {
  if (!disks.some(({ bus }) => bus === 'ide')) return;
  throw new OperationError({
    code: 'invalid-input',
    attempted: `create VM "${name}"`,
    problem: 'machine type Q35 (also used for secure boot) has no IDE bus',
    advice: 'Put the additional disks on scsi, sata or pci.',
  });
}
