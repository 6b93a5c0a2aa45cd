import { z } from 'zod';
import { entityShape, extrasShape, referenceShape } from './entity.js';

/** Where a disk is: SCSI, SATA, PCI, IDE, …, and which one there. */
const diskPlaceShape = z.object({ adapter: z.string(), index: z.int() });

const diskShape = diskPlaceShape.extend({
  uuid: z.string(),
  /** DISK, CDROM, VOLUME_GROUP, … */
  type: z.string(),
  /** Absent for a drive without a medium. */
  sizeBytes: z.int().optional(),
  /** What it was made from. */
  source: referenceShape.optional(),
  storage: z
    .object({
      flashMode: z.string().optional(),
      container: referenceShape.optional(),
      extras: extrasShape,
    })
    .optional(),
  /** The volume group that is attached here; such an entry stands for all of its disks, and has no size. */
  volumeGroupUuid: z.string().optional(),
  extras: extrasShape,
});

const nicShape = z.object({
  uuid: z.string(),
  macAddress: z.string(),
  connected: z.boolean(),
  /** Absent on a subnet that hands out no addresses. */
  address: z.string().optional(),
  /** With the name that it had when the NIC was connected. */
  subnet: z.object({ uuid: z.string(), name: z.string().optional() }),
  type: z.string().optional(),
  vlanMode: z.string().optional(),
  trunkedVlans: z.array(z.int()).optional(),
  queues: z.int().optional(),
  extras: extrasShape,
});

const wantedGpuShape = z.object({
  /** Absent where the API that asked for it knows no ids of GPUs. */
  uuid: z.string().optional(),
  vendor: z.string().optional(),
  mode: z.string().optional(),
  deviceId: z.int().optional(),
  extras: extrasShape,
});

const customizationShape = z.object({
  /** In Base64, as clients send them. */
  cloudInit: z
    .object({ userData: z.string().optional(), metaData: z.string().optional(), extras: extrasShape })
    .optional(),
  extras: extrasShape,
});

const bootShape = z.object({
  firmware: z.enum(['LEGACY', 'UEFI', 'SECURE_BOOT']).optional(),
  /** CDROM, DISK, NETWORK. */
  order: z.array(z.string()).optional(),
  /** The one device to boot from: a disk's place or a NIC's MAC address. */
  disk: diskPlaceShape.optional(),
  macAddress: z.string().optional(),
  extras: extrasShape,
});

/** How a machine is set up besides its size and devices. What is absent was not said by a client. */
const setupShape = z.object({
  boot: bootShape.optional(),
  serialPorts: z.array(z.object({ index: z.int(), connected: z.boolean().optional() })).optional(),
  timezone: z.string().optional(),
  numaNodes: z.int().optional(),
  vtpm: z.boolean().optional(),
  advancedProcessorCompatibility: z.boolean().optional(),
  memoryOvercommit: z.boolean().optional(),
  gpuConsole: z.boolean().optional(),
  vgaConsole: z.boolean().optional(),
  vcpuPinning: z.boolean().optional(),
  cpuPassthrough: z.boolean().optional(),
  cpuHotplug: z.boolean().optional(),
  hardwareVirtualization: z.boolean().optional(),
  scsiController: z.boolean().optional(),
  agentVm: z.boolean().optional(),
  branding: z.boolean().optional(),
  /** All disks in flash, and operations per second at most. */
  flashMode: z.boolean().optional(),
  throttledIops: z.int().optional(),
  /** Texts `key:value`. */
  attributes: z.array(z.string()).optional(),
});

/** What a VM consists of: the client's wish and all that the server has filled in. */
const vmConfigShape = z.object({
  sockets: z.int(),
  coresPerSocket: z.int(),
  threadsPerCore: z.int(),
  memoryMiB: z.int(),
  machineType: z.string(),
  /** What was asked for; the record's own `power` is what the machine does. */
  power: z.enum(['ON', 'OFF']),
  /** How it is switched off by an update. */
  shutdown: z.object({ mechanism: z.string().optional(), guestTransition: extrasShape.optional() }),
  disks: z.array(diskShape),
  nics: z.array(nicShape),
  gpus: z.array(wantedGpuShape),
  customization: customizationShape.optional(),
  /** States from before there was a second API have it in `extras`. */
  setup: setupShape.default({}),
  extras: extrasShape,
});

export const vmShape = entityShape.extend({
  clusterUuid: z.string(),
  config: vmConfigShape,
  /** What the machine does. */
  power: z.enum(['ON', 'OFF']),
  hostUuid: z.string().optional(),
  generationUuid: z.string(),
  /** Addresses seen on the wire, by NIC uuid, in order of appearance. */
  learned: z.record(z.string(), z.array(z.string())),
  /** False until the create task has made it; such a VM is in no list. */
  made: z.boolean(),
  /** Once DELETE was accepted. */
  deleting: z.boolean(),
  /** What the client sent, in the words of an API that shows it while the VM is being made. */
  requested: z.unknown().optional(),
  /** The VM that it is a clone of. */
  sourceUuid: z.string().optional(),
});

export type VmDisk = z.infer<typeof diskShape>;
export type VmNic = z.infer<typeof nicShape>;
export type WantedGpu = z.infer<typeof wantedGpuShape>;
export type VmCustomization = z.infer<typeof customizationShape>;
export type VmBoot = z.infer<typeof bootShape>;
export type VmSetup = z.infer<typeof setupShape>;
export type VmConfig = z.infer<typeof vmConfigShape>;
export type VmRecord = z.infer<typeof vmShape>;

/** The state that is shown of a VM: while it is deleted that, whatever its own goes back to when it cannot be. */
export function shownState({ deleting, state }: VmRecord): VmRecord['state'] {
  return deleting ? 'DELETE_PENDING' : state;
}
