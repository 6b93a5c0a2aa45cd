import type { Store } from '../../core/store/store.js';
import type { VmBoot, VmRecord } from '../../core/store/vm-record.js';
import { categoryIds } from '../../core/categories.js';
import { moment } from '../message/moment.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';
import { cdRomView, diskView, gpuView, nicView, serialPortView, type ViewOf } from './device-views.js';

type Json = Record<string, unknown>;

const CONFIG = 'vmm.v4.ahv.config';
/** Where a real server shows that there is none, e.g. no project (recorded-v4 A1). */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** A VM, as GET and lists show it: in both the same. Source: recorded-v4 A1, other/vmm-list-vms. */
export function vmView({ store, served }: V4World, minor: number, vm: VmRecord): Json {
  const { config } = vm;
  const of = { served, minor };
  const disks = config.disks.filter(({ type }) => type !== 'CDROM');
  const drives = config.disks.filter(({ type }) => type === 'CDROM');
  return typed(of.served, `${CONFIG}.Vm`, {
    extId: vm.uuid,
    createTime: moment(vm.createdAt),
    updateTime: moment(vm.updatedAt),
    ...sourceView(of, vm),
    isLiveMigrateCapable: true,
    isCrossClusterMigrationInProgress: false,
    name: vm.name,
    description: vm.description,
    ...sizeView(vm),
    ...setupView(of, vm),
    ...placeView(store, of, vm),
    powerState: vm.power,
    disks: disks.map((disk) => diskView(of, disk)),
    cdRoms: drives.map((drive) => cdRomView(of, config, drive)),
    nics: config.nics.map((nic) => nicView(of, vm, nic)),
    gpus: config.gpus.map((gpu) => gpuView(of, gpu)),
    serialPorts: (config.setup.serialPorts ?? []).map((port) => serialPortView(of, vm, port)),
    protectionType: 'UNPROTECTED',
  });
}

function sourceView({ served }: ViewOf, { sourceUuid }: VmRecord): Json {
  if (sourceUuid === undefined) return {};
  return { source: typed(served, `${CONFIG}.VmSourceReference`, { entityType: 'VM', extId: sourceUuid }) };
}

function sizeView({ config }: VmRecord): Json {
  return {
    numSockets: config.sockets,
    numCoresPerSocket: config.coresPerSocket,
    numThreadsPerCore: config.threadsPerCore,
    numNumaNodes: config.setup.numaNodes ?? 0,
    memorySizeBytes: config.memoryMiB * 2 ** 20,
  };
}

function setupView({ served, minor }: ViewOf, { uuid, generationUuid, config }: VmRecord): Json {
  const { setup } = config;
  return {
    bootConfig: bootView(served, setup.boot),
    isVcpuHardPinningEnabled: setup.vcpuPinning ?? false,
    isCpuPassthroughEnabled: setup.cpuPassthrough ?? false,
    enabledCpuFeatures: setup.hardwareVirtualization === true ? ['HARDWARE_VIRTUALIZATION'] : undefined,
    isMemoryOvercommitEnabled: setup.memoryOvercommit ?? false,
    isGpuConsoleEnabled: setup.gpuConsole ?? false,
    isCpuHotplugEnabled: setup.cpuHotplug ?? true,
    isScsiControllerEnabled: setup.scsiController ?? true,
    generationUuid,
    biosUuid: uuid,
    hardwareClockTimezone: setup.timezone ?? 'UTC',
    isBrandingEnabled: setup.branding ?? true,
    isVgaConsoleEnabled: setup.vgaConsole ?? true,
    machineType: config.machineType,
    vtpmConfig: typed(served, `${CONFIG}.VtpmConfig`, { isVtpmEnabled: setup.vtpm ?? false }),
    isAgentVm: setup.agentVm ?? false,
    apcConfig: typed(served, `${CONFIG}.ApcConfig`, {
      isApcEnabled: setup.advancedProcessorCompatibility ?? false,
    }),
    ...storageView(served, config.setup),
    customAttributes: minor >= 2 ? setup.attributes : undefined,
  };
}

function storageView(
  served: ViewOf['served'],
  { flashMode, throttledIops }: VmRecord['config']['setup'],
): Json {
  if (flashMode === undefined && throttledIops === undefined) return {};
  const qosConfig =
    throttledIops === undefined ? undefined : typed(served, `${CONFIG}.QosConfig`, { throttledIops });
  const storage = { isFlashModeEnabled: flashMode ?? false, qosConfig };
  return { storageConfig: typed(served, `${CONFIG}.ADSFVmStorageConfig`, storage) };
}

const BOOT_ORDER = ['CDROM', 'DISK', 'NETWORK'];

function bootView(served: ViewOf['served'], boot: VmBoot | undefined): Json {
  const { firmware = 'LEGACY', order = BOOT_ORDER, disk, macAddress } = boot ?? {};
  const bootDevice =
    disk !== undefined
      ? typed(served, `${CONFIG}.BootDeviceDisk`, {
          diskAddress: typed(served, `${CONFIG}.DiskAddress`, { busType: disk.adapter, index: disk.index }),
        })
      : macAddress === undefined
        ? undefined
        : typed(served, `${CONFIG}.BootDeviceNic`, { macAddress });
  if (firmware === 'LEGACY') {
    // Either a device or an order: recorded is only the order, that of a VM whose client has said nothing.
    const bootOrder = bootDevice === undefined ? order : undefined;
    return typed(served, `${CONFIG}.LegacyBoot`, { bootDevice, bootOrder });
  }
  return typed(served, `${CONFIG}.UefiBoot`, {
    isSecureBootEnabled: firmware === 'SECURE_BOOT',
    bootDevice,
    bootOrder: boot?.order,
  });
}

function placeView(store: Store, { served, minor }: ViewOf, vm: VmRecord): Json {
  const project = vm.projectUuid ?? NO_ID;
  const reference = (type: string, extId: string): Json => typed(served, `${CONFIG}.${type}`, { extId });
  return {
    ...(minor >= 1 ? { project: reference('ProjectReference', project) } : {}),
    ...(minor >= 3 ? { projectExtId: project } : {}),
    ownershipInfo: typed(served, `${CONFIG}.OwnershipInfo`, {
      owner: reference('OwnerReference', vm.owner.uuid),
    }),
    categories: categoryIds(store, vm).map((extId) => reference('CategoryReference', extId)),
    host: vm.hostUuid === undefined ? undefined : reference('HostReference', vm.hostUuid),
    cluster: reference('ClusterReference', vm.clusterUuid),
  };
}
