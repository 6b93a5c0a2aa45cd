import type { VmOptions } from '../../core/vm/options.js';
import type { VmConfig, VmCustomization, VmDisk, WantedGpu } from '../../core/store/vm-record.js';
import type { GpuInput, VmResourcesInput } from './bodies.js';
import { diskOptions, diskView, nicOptions, nicView, vmDisk, vmNic } from './devices.js';
import type { VmResources } from './resources.js';
import { setupOf, setupView } from './setup.js';

const GUEST_TRANSITION = { enable_script_exec: false, should_fail_on_script_failure: false };

/** The `resources` of a request. `previous`: the disks that the VM has. */
export function vmOptions(resources: VmResourcesInput, previous: readonly VmDisk[] = []): VmOptions {
  const {
    num_sockets: sockets,
    num_vcpus_per_socket: coresPerSocket,
    num_threads_per_core: threadsPerCore,
    memory_size_mib: memoryMiB,
    machine_type: machineType,
    power_state: power,
    power_state_mechanism: mechanism,
    disk_list: disks = [],
    nic_list: nics = [],
    gpu_list: gpus = [],
    guest_customization: customization,
    ...others
  } = resources;
  const { setup, extras } = setupOf(others);
  return {
    sockets,
    coresPerSocket,
    threadsPerCore,
    memoryMiB,
    machineType,
    power,
    shutdown: mechanism && {
      mechanism: mechanism.mechanism,
      guestTransition: mechanism.guest_transition_config,
    },
    disks: disks.map((disk) => diskOptions(disk, previous)),
    nics: nics.map(nicOptions),
    gpus: gpus.map(wantedGpu),
    customization: customization && customizationOf(customization),
    setup,
    extras,
  };
}

/** What a VM consists of whose `resources` are complete. */
export function vmConfig(resources: VmResources): VmConfig {
  const { disk_list: disks, nic_list: nics } = resources;
  const { gpus, customization, setup, extras, shutdown = {} } = vmOptions(resources);
  return {
    sockets: resources.num_sockets,
    coresPerSocket: resources.num_vcpus_per_socket,
    threadsPerCore: resources.num_threads_per_core,
    memoryMiB: resources.memory_size_mib,
    machineType: resources.machine_type,
    power: resources.power_state,
    shutdown,
    disks: disks.map(vmDisk),
    nics: nics.map(vmNic),
    gpus: [...gpus],
    customization,
    setup,
    extras,
  };
}

/** spec.resources as GET shows it. */
export function vmResources(config: VmConfig): VmResources {
  const { shutdown, customization } = config;
  return {
    ...setupView(config.setup, config.extras),
    num_sockets: config.sockets,
    num_vcpus_per_socket: config.coresPerSocket,
    num_threads_per_core: config.threadsPerCore,
    memory_size_mib: config.memoryMiB,
    power_state: config.power,
    power_state_mechanism: {
      ...(shutdown.mechanism === undefined ? {} : { mechanism: shutdown.mechanism }),
      guest_transition_config: { ...GUEST_TRANSITION, ...shutdown.guestTransition },
    },
    machine_type: config.machineType,
    disk_list: config.disks.map(diskView),
    nic_list: config.nics.map(nicView),
    gpu_list: config.gpus.map(gpuView),
    ...(customization === undefined ? {} : { guest_customization: customizationView(customization) }),
  };
}

function wantedGpu({ vendor, mode, device_id: deviceId, ...extras }: GpuInput): WantedGpu {
  return { vendor, mode, deviceId, extras };
}

function gpuView({ vendor, mode, deviceId, extras }: WantedGpu): GpuInput {
  return {
    ...(vendor === undefined ? {} : { vendor }),
    ...(mode === undefined ? {} : { mode }),
    ...(deviceId === undefined ? {} : { device_id: deviceId }),
    ...extras,
  };
}

type Customization = NonNullable<VmResourcesInput['guest_customization']>;

function customizationOf({ cloud_init: cloudInit, ...extras }: Customization): VmCustomization {
  if (cloudInit === undefined) return { extras };
  const { user_data: userData, meta_data: metaData, ...others } = cloudInit;
  return { cloudInit: { userData, metaData, extras: others }, extras };
}

function customizationView({ cloudInit, extras }: VmCustomization): Customization {
  if (cloudInit === undefined) return extras;
  const { userData, metaData, extras: others } = cloudInit;
  return {
    cloud_init: {
      ...(userData === undefined ? {} : { user_data: userData }),
      ...(metaData === undefined ? {} : { meta_data: metaData }),
      ...others,
    },
    ...extras,
  };
}
