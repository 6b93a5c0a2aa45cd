import type { DiskBus, VmSpec } from '../../../provider/index.js';
import { placedDisks } from '../../shared/index.js';

const MIB_PER_GIB = 1024;

/**
 * The disk list of a create: the image on SCSI 0, then the additional disks. The server adds the cloud-init CD-ROM by
 * itself (reference 5.2, 5.6).
 */
export function vmDiskList(spec: VmSpec): readonly object[] {
  const { placement, systemDiskGiB } = spec;
  const system = {
    device_properties: deviceAt('scsi', 0),
    data_source_reference: { kind: 'image', uuid: placement.image.id },
    ...(systemDiskGiB === undefined ? {} : { disk_size_mib: systemDiskGiB * MIB_PER_GIB }),
  };
  const additional = placedDisks(spec).map(({ bus, index, sizeGiB, container }) => ({
    device_properties: deviceAt(bus, index),
    disk_size_mib: sizeGiB * MIB_PER_GIB,
    ...(container === undefined
      ? {}
      : {
          storage_config: {
            storage_container_reference: { kind: 'storage_container', uuid: container.id },
          },
        }),
  }));
  return [system, ...additional];
}

function deviceAt(bus: DiskBus, index: number): object {
  return { device_type: 'DISK', disk_address: { adapter_type: bus.toUpperCase(), device_index: index } };
}
