import { z } from 'zod';
import { body, extIdReference, extIdShape, readOnly } from '../message/request-body.js';
import {
  bootBody,
  cdRomBody,
  customizationBody,
  diskBody,
  gpuBody,
  nicBody,
  serialPortBody,
} from './device-bodies.js';

const NAME = z.string().max(80);

const size = {
  numSockets: z.int().min(1).optional(),
  numCoresPerSocket: z.int().min(1).optional(),
  numThreadsPerCore: z.int().min(1).optional(),
  memorySizeBytes: z.int().min(1).optional(),
};

/** Of POST and PUT of a VM. Names and limits: Nutanix's models of vmm 4.3, and reference v4 3.1. */
export const vmBody = body({
  ...size,
  extId: readOnly,
  name: NAME.optional(),
  description: z.string().max(1000).optional(),
  createTime: readOnly,
  updateTime: readOnly,
  source: readOnly,
  numNumaNodes: z.int().min(0).optional(),
  isVcpuHardPinningEnabled: z.boolean().optional(),
  isCpuPassthroughEnabled: z.boolean().optional(),
  enabledCpuFeatures: z.array(z.enum(['HARDWARE_VIRTUALIZATION'])).optional(),
  isMemoryOvercommitEnabled: z.boolean().optional(),
  isGpuConsoleEnabled: z.boolean().optional(),
  isCpuHotplugEnabled: z.boolean().optional(),
  isScsiControllerEnabled: z.boolean().optional(),
  generationUuid: readOnly,
  biosUuid: readOnly,
  categories: z.array(extIdReference).max(256).optional(),
  project: extIdReference.optional(),
  projectExtId: extIdShape.optional(),
  ownershipInfo: body({ owner: extIdReference.optional() }).optional(),
  host: readOnly,
  cluster: extIdReference.optional(),
  availabilityZone: readOnly,
  guestCustomization: customizationBody.optional(),
  guestTools: readOnly,
  hardwareClockTimezone: z.string().max(64).optional(),
  isBrandingEnabled: z.boolean().optional(),
  bootConfig: bootBody.optional(),
  isVgaConsoleEnabled: z.boolean().optional(),
  machineType: z.enum(['PC', 'PSERIES', 'Q35']).optional(),
  powerState: z.enum(['ON', 'OFF', 'PAUSED', 'UNDETERMINED']).optional(),
  vtpmConfig: body({
    isVtpmEnabled: z.boolean().optional(),
    version: readOnly,
    vtpmDevice: readOnly,
  }).optional(),
  isAgentVm: z.boolean().optional(),
  apcConfig: body({ isApcEnabled: z.boolean().optional(), cpuModel: readOnly }).optional(),
  isLiveMigrateCapable: readOnly,
  isCrossClusterMigrationInProgress: readOnly,
  storageConfig: body({
    isFlashModeEnabled: z.boolean().optional(),
    qosConfig: body({ throttledIops: z.int().min(0).optional() }).optional(),
    storageLocationInfo: readOnly,
    hydrationInfo: readOnly,
  }).optional(),
  disks: z.array(diskBody).max(1024).optional(),
  cdRoms: z.array(cdRomBody).max(10).optional(),
  nics: z.array(nicBody).max(64).optional(),
  gpus: z.array(gpuBody).max(16).optional(),
  serialPorts: z.array(serialPortBody).max(4).optional(),
  protectionType: readOnly,
  protectionPolicyState: readOnly,
  pcieDevices: readOnly,
  customAttributes: z.array(z.string()).optional(),
  vmGuestCustomizationStatus: readOnly,
  sourceVmProfile: readOnly,
  nextScheduledReboot: readOnly,
  links: readOnly,
  tenantId: readOnly,
});

/** Of a clone: what shall differ from the source. */
export const cloneBody = body({
  ...size,
  name: NAME.optional(),
  nics: z.array(nicBody).max(64).optional(),
  bootConfig: bootBody.optional(),
  guestCustomization: customizationBody.optional(),
  guestCustomizationProfileConfig: readOnly,
  bulkCloneOptions: readOnly,
});

export const categoriesBody = body({ categories: z.array(extIdReference).min(1).max(256) });

/** Of guest-shutdown and guest-reboot. */
export const guestPowerBody = body({
  guestPowerStateTransitionConfig: body({
    shouldEnableScriptExec: z.boolean().optional(),
    shouldFailOnScriptFailure: z.boolean().optional(),
  }).optional(),
});

export const ownerBody = body({ owner: extIdReference });

export const attributesBody = body({ customAttributes: z.array(z.string()).min(1) });

export type VmBody = z.infer<typeof vmBody>;
export type CloneBody = z.infer<typeof cloneBody>;
