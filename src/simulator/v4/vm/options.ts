import type { VmCustomization, VmSetup, WantedGpu } from '../../core/store/vm-record.js';
import type { DiskOptions, DiskPlace, NicOptions, VmOptions } from '../../core/vm/options.js';
import type { VmBody } from './bodies.js';
import type {
  BootBody,
  CdRomBody,
  CustomizationBody,
  DiskBody,
  GpuBody,
  NicBody,
  SerialPortBody,
  VmDiskBody,
} from './device-bodies.js';

/** What the body of POST or PUT asks for, in the core's words; disks before drives. */
export function vmOptions(body: VmBody): VmOptions {
  return {
    sockets: body.numSockets,
    coresPerSocket: body.numCoresPerSocket,
    threadsPerCore: body.numThreadsPerCore,
    memoryMiB: body.memorySizeBytes === undefined ? undefined : memoryMiB(body.memorySizeBytes),
    machineType: body.machineType,
    disks: [...(body.disks ?? []).map(diskOptions), ...(body.cdRoms ?? []).map(cdRomOptions)],
    nics: (body.nics ?? []).map(nicOptions),
    gpus: (body.gpus ?? []).map(wantedGpu),
    customization: body.guestCustomization && customizationOf(body.guestCustomization),
    setup: setupOf(body),
    extras: {},
  };
}

/** The core counts memory in MiB. */
export function memoryMiB(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

export function diskOptions({ extId, diskAddress, backingInfo }: DiskBody): DiskOptions {
  const common = {
    uuid: textOf(extId),
    type: 'DISK',
    address: placeOf(diskAddress, 'SCSI'),
    adapter: diskAddress?.busType,
  };
  if (backingInfo?.$objectType === 'vmm.v4.ahv.config.ADSFVolumeGroupReference') {
    return { ...common, volumeGroupUuid: backingInfo.volumeGroupExtId, extras: {} };
  }
  return { ...common, ...mediumOf(backingInfo), extras: {} };
}

export function cdRomOptions({ extId, diskAddress, backingInfo }: CdRomBody): DiskOptions {
  return {
    uuid: textOf(extId),
    type: 'CDROM',
    address: placeOf(diskAddress, 'IDE'),
    adapter: diskAddress?.busType,
    ...mediumOf(backingInfo),
    extras: {},
  };
}

/** What is in a disk or a drive, as far as it was said. */
export function mediumOf(
  disk: VmDiskBody | undefined,
): Pick<DiskOptions, 'sizeBytes' | 'source' | 'storage'> {
  const { diskSizeBytes: sizeBytes, storageContainer: container, storageConfig, dataSource } = disk ?? {};
  const flash = storageConfig?.isFlashModeEnabled;
  const isPlain = container === undefined && flash === undefined;
  return {
    sizeBytes,
    source: dataSource && sourceOf(dataSource.reference),
    storage: isPlain
      ? undefined
      : {
          flashMode: flash === undefined ? undefined : flash ? 'ENABLED' : 'DISABLED',
          container: container && { kind: 'storage_container', uuid: container.extId },
          extras: {},
        },
  };
}

function sourceOf(reference: NonNullable<VmDiskBody['dataSource']>['reference']): DiskOptions['source'] {
  return reference.$objectType === 'vmm.v4.ahv.config.ImageReference'
    ? { kind: 'image', uuid: reference.imageExtId }
    : { kind: 'vm_disk', uuid: reference.diskExtId };
}

/** Without an index it is the server's to choose one. */
function placeOf(
  address: { busType?: string | undefined; index?: number | undefined } | undefined,
  usual: string,
): DiskPlace | undefined {
  return address?.index === undefined
    ? undefined
    : { adapter: address.busType ?? usual, index: address.index };
}

/** The newer form wins when a client sends both. */
export function nicOptions(body: NicBody): NicOptions {
  const backing = body.nicBackingInfo ?? body.backingInfo;
  const network = body.nicNetworkInfo ?? body.networkInfo;
  return {
    uuid: textOf(body.extId),
    macAddress: backing?.macAddress,
    connected: backing?.isConnected,
    queues: backing?.numQueues,
    address: network?.ipv4Config?.ipAddress?.value,
    assign: network?.ipv4Config?.shouldAssignIp,
    subnetUuid: network?.subnet?.extId,
    type: network?.nicType,
    vlanMode: network?.vlanMode,
    trunkedVlans: network?.trunkedVlans,
    extras: {},
  };
}

export function wantedGpu({ extId, vendor, mode, deviceId }: GpuBody): WantedGpu {
  return { uuid: textOf(extId), vendor, mode, deviceId, extras: {} };
}

export function serialPort({
  index = 0,
  isConnected,
}: SerialPortBody): NonNullable<VmSetup['serialPorts']>[number] {
  return { index, connected: isConnected };
}

/** Pairs of keys and values become the cloud-config that has them; there is no guest here for sysprep. */
export function customizationOf({ config }: CustomizationBody): VmCustomization {
  if (config?.$objectType !== 'vmm.v4.ahv.config.CloudInit') return { extras: {} };
  const { metadata, cloudInitScript: script } = config;
  const userData =
    script?.$objectType === 'vmm.v4.ahv.config.CustomKeyValues'
      ? cloudConfigOf(script.keyValuePairs)
      : script?.value;
  return { cloudInit: { userData, metaData: metadata, extras: {} }, extras: {} };
}

function cloudConfigOf(pairs: readonly { name: string; value: unknown }[]): string {
  const lines = pairs.map(({ name, value }) => `${name}: ${JSON.stringify(value)}`);
  return Buffer.from(['#cloud-config', ...lines, ''].join('\n')).toString('base64');
}

function setupOf(body: VmBody): VmSetup {
  return {
    boot: body.bootConfig && bootOf(body.bootConfig),
    serialPorts: body.serialPorts?.map(serialPort),
    timezone: body.hardwareClockTimezone,
    numaNodes: body.numNumaNodes,
    vtpm: body.vtpmConfig?.isVtpmEnabled,
    advancedProcessorCompatibility: body.apcConfig?.isApcEnabled,
    memoryOvercommit: body.isMemoryOvercommitEnabled,
    gpuConsole: body.isGpuConsoleEnabled,
    vgaConsole: body.isVgaConsoleEnabled,
    vcpuPinning: body.isVcpuHardPinningEnabled,
    cpuPassthrough: body.isCpuPassthroughEnabled,
    cpuHotplug: body.isCpuHotplugEnabled,
    hardwareVirtualization: body.enabledCpuFeatures?.includes('HARDWARE_VIRTUALIZATION'),
    scsiController: body.isScsiControllerEnabled,
    agentVm: body.isAgentVm,
    branding: body.isBrandingEnabled,
    flashMode: body.storageConfig?.isFlashModeEnabled,
    throttledIops: body.storageConfig?.qosConfig?.throttledIops,
    attributes: body.customAttributes,
  };
}

export function bootOf(body: BootBody): NonNullable<VmSetup['boot']> {
  const { bootDevice: device, bootOrder: order } = body;
  const common = {
    order,
    disk:
      device?.$objectType === 'vmm.v4.ahv.config.BootDeviceDisk'
        ? placeOf(device.diskAddress, 'SCSI')
        : undefined,
    macAddress: device?.$objectType === 'vmm.v4.ahv.config.BootDeviceNic' ? device.macAddress : undefined,
    extras: {},
  };
  if (body.$objectType === 'vmm.v4.ahv.config.LegacyBoot') return { firmware: 'LEGACY', ...common };
  return { firmware: body.isSecureBootEnabled === true ? 'SECURE_BOOT' : 'UEFI', ...common };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
