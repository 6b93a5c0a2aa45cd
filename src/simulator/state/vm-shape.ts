import { z } from 'zod';
import { entityShape } from './entity-shape.js';

const reference = z.looseObject({
  kind: z.exactOptional(z.string()),
  uuid: z.exactOptional(z.string()),
  name: z.exactOptional(z.string()),
});

const disk = z.looseObject({
  uuid: z.string(),
  device_properties: z.looseObject({
    disk_address: z.looseObject({ adapter_type: z.string(), device_index: z.int() }),
    device_type: z.string(),
  }),
  disk_size_mib: z.exactOptional(z.int()),
  disk_size_bytes: z.exactOptional(z.int()),
  data_source_reference: z.exactOptional(reference),
  storage_config: z.exactOptional(
    z.looseObject({
      flash_mode: z.exactOptional(z.string()),
      storage_container_reference: z.exactOptional(reference),
    }),
  ),
});

const nic = z.looseObject({
  uuid: z.string(),
  mac_address: z.string(),
  is_connected: z.boolean(),
  ip_endpoint_list: z.array(
    z.looseObject({ ip: z.exactOptional(z.string()), type: z.exactOptional(z.string()) }),
  ),
  subnet_reference: z.looseObject({ kind: z.string(), uuid: z.string(), name: z.string().optional() }),
});

const resources = z.looseObject({
  num_sockets: z.int(),
  num_vcpus_per_socket: z.int(),
  num_threads_per_core: z.int(),
  memory_size_mib: z.int(),
  power_state: z.enum(['ON', 'OFF']),
  power_state_mechanism: z.looseObject({
    mechanism: z.exactOptional(z.string()),
    guest_transition_config: z.exactOptional(z.record(z.string(), z.unknown())),
  }),
  machine_type: z.string(),
  disk_list: z.array(disk),
  nic_list: z.array(nic),
  gpu_list: z.array(
    z.looseObject({
      vendor: z.exactOptional(z.string()),
      mode: z.exactOptional(z.string()),
      device_id: z.exactOptional(z.int()),
    }),
  ),
  guest_customization: z.exactOptional(
    z.looseObject({
      cloud_init: z.exactOptional(
        z.looseObject({ user_data: z.exactOptional(z.string()), meta_data: z.exactOptional(z.string()) }),
      ),
    }),
  ),
});

/** A VM as it is saved. */
export const vmShape = entityShape.extend({
  entityVersion: z.int(),
  clusterUuid: z.string(),
  resources,
  power: z.enum(['ON', 'OFF']),
  hostUuid: z.string().optional(),
  generationUuid: z.string(),
  learned: z.record(z.string(), z.array(z.string())),
  made: z.boolean(),
  deleting: z.boolean(),
  requested: z.unknown(),
});
