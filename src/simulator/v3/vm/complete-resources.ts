import type { VmResourcesInput } from './bodies.js';
import type { World } from '../../core/world.js';
import { completeDisks, seedDrive } from './disks.js';
import { completeNics } from './nics.js';
import type { VmResources } from './resources.js';

const BOOT_ORDER = ['CDROM', 'DISK', 'NETWORK'];
const GUEST_TRANSITION = { enable_script_exec: false, should_fail_on_script_failure: false };

export interface CompletionContext {
  readonly vmName: string;
  readonly clusterUuid: string;
  /** What the VM had before; undefined when it is being made. */
  readonly previous?: VmResources | undefined;
}

/**
 * spec.resources as GET shows it: the request plus all that a server fills in, with its defaults as recorded
 * from pc.2024.3. Disks and NICs that the request leaves out are gone. Reserves addresses. Throws a Refusal.
 */
export function completeResources(
  world: World,
  input: VmResourcesInput,
  { vmName, clusterUuid, previous }: CompletionContext,
): VmResources {
  const { disk_list: diskInputs = [], nic_list: nicInputs = [], ...given } = input;
  const machineType = input.machine_type ?? 'PC';
  const context = { clusterUuid, machineType, vmName, previous: previous?.disk_list ?? [] };
  const disks = completeDisks(world, diskInputs, context);
  if (previous === undefined && input.guest_customization !== undefined) {
    disks.push(seedDrive(disks, machineType));
  }
  return {
    ...DEFAULTS,
    ...given,
    num_sockets: input.num_sockets ?? 1,
    num_vcpus_per_socket: input.num_vcpus_per_socket ?? 1,
    num_threads_per_core: input.num_threads_per_core ?? 1,
    memory_size_mib: input.memory_size_mib ?? 1024,
    power_state: input.power_state ?? 'OFF',
    power_state_mechanism: {
      mechanism: input.power_state_mechanism?.mechanism ?? 'HARD',
      guest_transition_config: {
        ...GUEST_TRANSITION,
        ...input.power_state_mechanism?.guest_transition_config,
      },
    },
    machine_type: machineType,
    disk_list: disks,
    nic_list: completeNics(world, nicInputs, clusterUuid, previous?.nic_list ?? []),
    gpu_list: input.gpu_list ?? [],
    boot_config: { boot_device_order_list: BOOT_ORDER, ...input.boot_config },
  };
}

const DEFAULTS = {
  apc_config: { enabled: false },
  memory_overcommit_enabled: false,
  gpu_console_enabled: false,
  is_vcpu_hard_pinned: false,
  hardware_clock_timezone: 'UTC',
  is_agent_vm: false,
  disable_branding: false,
  enable_cpu_passthrough: false,
  hardware_virtualization_enabled: false,
  vtpm_config: { vtpm_enabled: false },
  vga_console_enabled: true,
  vnuma_config: { num_vnuma_nodes: 0 },
  serial_port_list: [],
  cpu_hotplug_enabled: true,
  scsi_controller_enabled: true,
};
