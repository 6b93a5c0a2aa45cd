import type { GpuRecord, HostRecord } from '../core/store/records.js';
import { timestamp } from '../core/time.js';
import type { World } from '../core/world.js';
import type { Route } from '../http/route.js';
import { HYPERVISOR } from './cluster.js';
import { wholeListRoutes } from './listing/read-only.js';
import { clusterReference, SPEC_HASH } from './references.js';
import type { V3World } from './world.js';

export function hostView(world: World, host: HostRecord): Record<string, unknown> {
  const vms = world.store.vms.toArray().filter((vm) => vm.hostUuid === host.uuid);
  return {
    metadata: {
      kind: 'host',
      uuid: host.uuid,
      spec_version: host.revision,
      spec_hash: SPEC_HASH,
      categories: {},
      categories_mapping: {},
      creation_time: timestamp(host.createdAt),
      last_update_time: timestamp(host.updatedAt),
    },
    spec: { name: host.name, resources: {} },
    status: {
      name: host.name,
      state: host.state,
      cluster_reference: clusterReference(world, host.clusterUuid),
      resources: {
        gpu_list: host.gpus.map((gpu, index) => gpuView(gpu, index)),
        hypervisor: { num_vms: vms.length, ip: host.address, hypervisor_full_name: `Nutanix ${HYPERVISOR}` },
        num_cpu_sockets: host.sockets,
        num_cpu_cores: host.cores,
        cpu_model: 'Intel(R) Xeon(R) Gold 6342 CPU @ 2.80GHz',
        cpu_capacity_hz: 2_800_000_000,
        memory_capacity_mib: host.memoryMiB,
        host_type: 'HYPER_CONVERGED',
        serial_number: host.uuid.slice(0, 8).toUpperCase(),
      },
    },
  };
}

function gpuView(gpu: GpuRecord, index: number): Record<string, unknown> {
  const used = gpu.mode === 'VIRTUAL' ? 'USED_FOR_VIRTUAL' : 'USED_FOR_PASSTHROUGH';
  return {
    name: gpu.name,
    vendor: gpu.vendor,
    mode: gpu.mode,
    device_id: gpu.deviceId,
    status: gpu.vmUuid === undefined ? 'UNUSED' : used,
    assignable: gpu.vmUuid === undefined,
    uuid: gpu.uuid,
    pci_address: `0000:${(0x3b + index).toString(16)}:00.0`,
    numa_node: 0,
    index,
    fraction: 0,
    frame_buffer_size_mib: 0,
    num_vgpus_allocated: 0,
    ...(gpu.vmUuid === undefined ? {} : { consumer_reference: { kind: 'vm', uuid: gpu.vmUuid } }),
  };
}

/** hosts: read-only, and all at once. */
export function hostRoutes(world: V3World): Route[] {
  return wholeListRoutes(world, 'host', world.store.hosts, (one) => hostView(world, one));
}
