import { z } from 'zod';
import {
  body,
  choice,
  entityMembers,
  extIdReference,
  extIdShape,
  readOnly,
} from '../message/request-body.js';

/*
 * Devices of a VM as requests have them. Names, limits and enumerations: Nutanix's models of vmm 4.3 (reference v4 3.1).
 * Types of NICs that lead around AHV's switch are not modelled.
 */

const MAC_ADDRESS = /^([\da-f]{2}:){5}[\da-f]{2}$/i;

const diskAddress = body({
  busType: z.enum(['SCSI', 'IDE', 'PCI', 'SATA', 'SPAPR']).optional(),
  index: z.int().min(0).optional(),
});

const dataSource = body({
  reference: z.discriminatedUnion('$objectType', [
    choice('vmm.v4.ahv.config.ImageReference', { imageExtId: extIdShape, storageCluster: readOnly }),
    choice('vmm.v4.ahv.config.VmDiskReference', {
      diskExtId: extIdShape.optional(),
      diskAddress: diskAddress.optional(),
      vmReference: extIdReference.optional(),
    }),
  ]),
});

const vmDisk = {
  diskExtId: readOnly,
  diskSizeBytes: z.int().min(1).optional(),
  storageContainer: extIdReference.optional(),
  storageConfig: body({ isFlashModeEnabled: z.boolean().optional() }).optional(),
  dataSource: dataSource.optional(),
  isMigrationInProgress: readOnly,
  vmDiskHydrationInfo: readOnly,
  serialId: readOnly,
  externalStorageInfo: readOnly,
};

export const diskBody = body({
  ...entityMembers,
  customAttributes: readOnly,
  diskAddress: diskAddress.optional(),
  backingInfo: z
    .discriminatedUnion('$objectType', [
      choice('vmm.v4.ahv.config.VmDisk', vmDisk),
      choice('vmm.v4.ahv.config.ADSFVolumeGroupReference', { volumeGroupExtId: extIdShape }),
    ])
    .optional(),
});

export const cdRomBody = body({
  ...entityMembers,
  diskAddress: body({
    busType: z.enum(['IDE', 'SATA']).optional(),
    index: z.int().min(0).optional(),
  }).optional(),
  backingInfo: body(vmDisk).optional(),
  isoType: readOnly,
});

/** Of the action that puts a medium into a drive. */
export const insertBody = body({ backingInfo: body(vmDisk) });

const ipv4Address = body({ value: z.ipv4(), prefixLength: z.int().min(0).max(32).optional() });

const nicBacking = {
  model: z.enum(['VIRTIO', 'E1000']).optional(),
  macAddress: z.string().regex(MAC_ADDRESS).optional(),
  isConnected: z.boolean().optional(),
  numQueues: z.int().min(1).optional(),
};

const nicNetwork = {
  nicType: z.enum(['NORMAL_NIC', 'DIRECT_NIC', 'NETWORK_FUNCTION_NIC', 'SPAN_DESTINATION_NIC']).optional(),
  networkFunctionChain: readOnly,
  networkFunctionNicType: readOnly,
  subnet: extIdReference.optional(),
  vlanMode: z.enum(['ACCESS', 'TRUNK']).optional(),
  trunkedVlans: z.array(z.int().min(0).max(4095)).optional(),
  shouldAllowUnknownMacs: z.boolean().optional(),
  ipv4Config: body({
    shouldAssignIp: z.boolean().optional(),
    ipAddress: ipv4Address.optional(),
    secondaryIpAddressList: z.array(ipv4Address).optional(),
  }).optional(),
  ipv4Info: readOnly,
};

/** Two forms of the same: the newer one, from 4.1 on, wins when both are sent (reference v4 3.1). */
export const nicBody = body({
  ...entityMembers,
  nicBackingInfo: choice('vmm.v4.ahv.config.VirtualEthernetNic', nicBacking).optional(),
  nicNetworkInfo: choice('vmm.v4.ahv.config.VirtualEthernetNicNetworkInfo', {
    ...nicNetwork,
    ipv6Info: readOnly,
  }).optional(),
  backingInfo: body(nicBacking).optional(),
  networkInfo: body(nicNetwork).optional(),
});

export const assignIpBody = body({ ipAddress: ipv4Address.optional() });

export const gpuBody = body({
  ...entityMembers,
  mode: z.enum(['PASSTHROUGH_GRAPHICS', 'PASSTHROUGH_COMPUTE', 'VIRTUAL']).optional(),
  deviceId: z.int().optional(),
  vendor: z.enum(['NVIDIA', 'INTEL', 'AMD']).optional(),
  pciAddress: readOnly,
  guestDriverVersion: readOnly,
  name: readOnly,
  frameBufferSizeBytes: readOnly,
  numVirtualDisplayHeads: readOnly,
  fraction: readOnly,
  backingInfo: readOnly,
  assignedDeviceInfo: readOnly,
});

export const serialPortBody = body({
  ...entityMembers,
  index: z.int().min(0).max(3).optional(),
  isConnected: z.boolean().optional(),
});

const bootDevice = z.discriminatedUnion('$objectType', [
  choice('vmm.v4.ahv.config.BootDeviceDisk', { diskAddress: diskAddress.optional() }),
  choice('vmm.v4.ahv.config.BootDeviceNic', { macAddress: z.string().regex(MAC_ADDRESS).optional() }),
]);

const bootOrder = z.array(z.enum(['CDROM', 'DISK', 'NETWORK'])).max(3);

export const bootBody = z.discriminatedUnion('$objectType', [
  choice('vmm.v4.ahv.config.LegacyBoot', {
    bootDevice: bootDevice.optional(),
    bootOrder: bootOrder.optional(),
  }),
  choice('vmm.v4.ahv.config.UefiBoot', {
    isSecureBootEnabled: z.boolean().optional(),
    nvramDevice: readOnly,
    bootDevice: bootDevice.optional(),
    bootOrder: bootOrder.optional(),
  }),
]);

const BASE64 = /^[A-Za-z\d+/]*={0,2}$/;

/** Cloud-init's user data, or pairs of keys and values that the server makes some of. */
const cloudInit = choice('vmm.v4.ahv.config.CloudInit', {
  datasourceType: z.literal('CONFIG_DRIVE_V2').optional(),
  metadata: z.string().max(32_000).regex(BASE64).optional(),
  cloudInitScript: z
    .discriminatedUnion('$objectType', [
      choice('vmm.v4.ahv.config.Userdata', { value: z.string().max(128_000).regex(BASE64) }),
      choice('vmm.v4.ahv.config.CustomKeyValues', {
        keyValuePairs: z.array(body({ name: z.string(), value: z.unknown() })).max(32),
      }),
    ])
    .optional(),
});

const sysprep = choice('vmm.v4.ahv.config.Sysprep', {
  installType: z.enum(['FRESH', 'PREPARED']).optional(),
  sysprepScript: z.unknown(),
});

export const customizationBody = body({
  config: z.discriminatedUnion('$objectType', [cloudInit, sysprep]).optional(),
});

export type DiskBody = z.infer<typeof diskBody>;
export type CdRomBody = z.infer<typeof cdRomBody>;
export type VmDiskBody = Omit<NonNullable<CdRomBody['backingInfo']>, '$objectType'>;
export type NicBody = z.infer<typeof nicBody>;
export type GpuBody = z.infer<typeof gpuBody>;
export type SerialPortBody = z.infer<typeof serialPortBody>;
export type BootBody = z.infer<typeof bootBody>;
export type CustomizationBody = z.infer<typeof customizationBody>;
