import { z } from 'zod';
import { imageConfig } from './image/view.js';
import { projectConfig } from './project/view.js';
import { failureFromMessage } from './refusal.js';
import { subnetConfig } from './subnet/spec.js';
import { vmConfig } from './vm/spec.js';

/*
 * States of version 2 were saved before the simulator's records were free of this API: they have `resources` as GET shows
 * them. Only what is needed to take these apart is looked at here; the result is judged like any other saved state.
 */

const text = z.exactOptional(z.string());
const number = z.exactOptional(z.int());
const flag = z.exactOptional(z.boolean());

const wholeReference = z.looseObject({ kind: z.string(), uuid: z.string(), name: z.string().optional() });
const looseReference = z.looseObject({
  kind: z.string().optional(),
  uuid: z.string().optional(),
  name: z.string().optional(),
});

const entity = z.looseObject({ specVersion: z.int(), messages: z.exactOptional(z.array(z.unknown())) });

const subnetResources = z.looseObject({
  subnet_type: z.enum(['VLAN', 'OVERLAY']),
  vlan_id: number,
  is_external: flag,
  enable_nat: flag,
  vpc_reference: z.exactOptional(looseReference),
  virtual_network_reference: z.exactOptional(looseReference),
  ip_config: z.exactOptional(
    z.looseObject({
      subnet_ip: text,
      prefix_length: number,
      default_gateway_ip: text,
      pool_list: z.exactOptional(z.array(z.looseObject({ range: text }))),
      dhcp_server_address: z.exactOptional(z.looseObject({ ip: text })),
      dhcp_options: z.exactOptional(
        z.looseObject({ domain_name_server_list: z.exactOptional(z.array(z.string())) }),
      ),
    }),
  ),
});

const imageResources = z.looseObject({
  image_type: z.exactOptional(z.enum(['DISK_IMAGE', 'ISO_IMAGE'])),
  source_uri: text,
  architecture: text,
  data_source_reference: z.exactOptional(looseReference),
  initial_placement_ref_list: z.exactOptional(z.array(wholeReference)),
});

const projectResources = z.looseObject({
  cluster_reference_list: z.exactOptional(z.array(wholeReference)),
  subnet_reference_list: z.exactOptional(z.array(wholeReference)),
});

const disk = z.looseObject({
  uuid: z.string(),
  device_properties: z.looseObject({
    disk_address: z.looseObject({ adapter_type: z.string(), device_index: z.int() }),
    device_type: z.string(),
  }),
  disk_size_mib: number,
  disk_size_bytes: number,
  data_source_reference: z.exactOptional(looseReference),
  storage_config: z.exactOptional(
    z.looseObject({
      flash_mode: text,
      storage_container_reference: z.exactOptional(looseReference),
    }),
  ),
});

const nic = z.looseObject({
  uuid: z.string(),
  mac_address: z.string(),
  is_connected: z.boolean(),
  ip_endpoint_list: z.array(z.looseObject({ ip: text, type: text })),
  subnet_reference: wholeReference,
});

const vmResources = z.looseObject({
  num_sockets: z.int(),
  num_vcpus_per_socket: z.int(),
  num_threads_per_core: z.int(),
  memory_size_mib: z.int(),
  power_state: z.enum(['ON', 'OFF']),
  power_state_mechanism: z.looseObject({
    mechanism: text,
    guest_transition_config: z.exactOptional(z.record(z.string(), z.unknown())),
  }),
  machine_type: z.string(),
  disk_list: z.array(disk),
  nic_list: z.array(nic),
  gpu_list: z.array(
    z.looseObject({
      vendor: text,
      mode: text,
      device_id: number,
    }),
  ),
  guest_customization: z.exactOptional(
    z.looseObject({
      cloud_init: z.exactOptional(z.looseObject({ user_data: text, meta_data: text })),
    }),
  ),
});

const shape = z.looseObject({
  clusters: z.array(entity),
  hosts: z.array(entity),
  subnets: z.array(entity.extend({ resources: subnetResources })),
  images: z.array(entity.extend({ resources: imageResources })),
  projects: z.array(entity.extend({ resources: projectResources })),
  vms: z.array(entity.extend({ resources: vmResources })),
});

/** A state of version 2 in the form of today's; what is no such state comes back as it is, to be refused. */
export function stateOfVersion2(value: object): object {
  const parsed = shape.safeParse(value);
  if (!parsed.success) return value;
  const { clusters, hosts, subnets, images, projects, vms } = parsed.data;
  return {
    ...parsed.data,
    clusters: clusters.map(withRevision),
    hosts: hosts.map(withRevision),
    subnets: subnets.map((one) => ({ ...withRevision(one), ...subnetConfig(one.resources) })),
    images: images.map((one) => ({ ...withRevision(one), ...imageConfig(one.resources) })),
    projects: projects.map((one) => ({ ...withRevision(one), ...projectConfig(one.resources) })),
    vms: vms.map((one) => ({ ...withRevision(one), config: vmConfig(one.resources) })),
  };
}

/** Fields of the old form that have no place in today's are dropped when the result is judged. */
function withRevision(record: z.infer<typeof entity>): object {
  return { ...record, revision: record.specVersion, failure: failureFromMessage(record.messages?.[0]) };
}
