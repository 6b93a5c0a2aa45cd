import { randomUUID } from 'node:crypto';
import type { Category, CreationToken, VmSpec } from '../../../provider/index.js';
import { machineTypeOf, taggedDescription } from '../../shared/index.js';
import { vmDiskList } from './disks.js';
import { guestCustomization } from './guest-customization.js';

export interface BodyInput {
  readonly spec: VmSpec;
  readonly product: string;
  readonly origin?: string | undefined;
  readonly group?: string | undefined;
  readonly token: CreationToken;
  /** The reserved UUID, if there is one. */
  readonly vmId?: string | undefined;
}

/** The body of POST vms: everything in one, powered on (reference 5.2, 5.3). */
export function createBody({ spec, product, origin, group, token, vmId }: BodyInput): object {
  const { placement } = spec;
  return {
    api_version: '3.1',
    metadata: {
      kind: 'vm',
      ...(vmId === undefined ? {} : { uuid: vmId }),
      ...(placement.project === undefined
        ? {}
        : { project_reference: { kind: 'project', uuid: placement.project.id } }),
      ...categoriesPart(placement.categories),
    },
    spec: {
      name: spec.name,
      description: taggedDescription(spec.description, product, {
        creationToken: token,
        origin,
        group,
        ...(vmId === undefined ? { machineName: spec.name } : {}),
      }),
      cluster_reference: { kind: 'cluster', uuid: placement.cluster.id },
      resources: resources(spec, vmId ?? randomUUID()),
    },
  };
}

function resources(spec: VmSpec, instanceId: string): object {
  const { placement } = spec;
  return {
    power_state: 'ON',
    num_sockets: spec.sockets,
    num_vcpus_per_socket: spec.coresPerSocket,
    memory_size_mib: spec.memoryMiB,
    ...(spec.cpuPassthrough ? { enable_cpu_passthrough: true } : {}),
    ...firmware(spec),
    ...(spec.vtpm ? { vtpm_config: { vtpm_enabled: true } } : {}),
    disk_list: vmDiskList(spec),
    nic_list: placement.subnets.map((subnet, index) => nic(subnet.id, spec.staticAddresses[index])),
    ...(spec.serialPort ? { serial_port_list: [{ index: 0, is_connected: true }] } : {}),
    ...(placement.gpus.length === 0
      ? {}
      : {
          gpu_list: placement.gpus.map(({ vendor, mode, deviceId }) => ({
            vendor,
            mode,
            device_id: deviceId,
          })),
        }),
    guest_customization: guestCustomization({
      vmName: spec.name,
      hostname: spec.hostname,
      instanceId,
      userData: spec.userData,
    }),
  };
}

function nic(subnetId: string, staticAddress: string | undefined): object {
  return {
    nic_type: 'NORMAL_NIC',
    is_connected: true,
    subnet_reference: { kind: 'subnet', uuid: subnetId },
    ...(staticAddress === undefined ? {} : { ip_endpoint_list: [{ ip: staticAddress, type: 'ASSIGNED' }] }),
  };
}

/** Absent boot configuration = legacy, on every version. */
function firmware(spec: VmSpec): object {
  const machineType = machineTypeOf(spec);
  const boot = { legacy: undefined, uefi: 'UEFI', secure: 'SECURE_BOOT' }[spec.bootType];
  return {
    ...(boot === undefined ? {} : { boot_config: { boot_type: boot } }),
    ...(machineType === undefined ? {} : { machine_type: machineType }),
  };
}

/** Several values of one key are only possible in the mapping form. */
function categoriesPart(categories: readonly Category[]): object {
  if (categories.length === 0) return {};
  const mapping = new Map<string, Set<string>>();
  for (const { key, value } of categories) {
    mapping.set(key, (mapping.get(key) ?? new Set()).add(value));
  }
  const entries = [...mapping].map(([key, values]): [string, string[]] => [key, [...values]]);
  return { use_categories_mapping: true, categories_mapping: Object.fromEntries(entries) };
}
