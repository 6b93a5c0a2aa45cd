import { z } from 'zod';
import { entityShape, extrasShape, referenceShape } from './entity.js';

const diskShape = z.object({
  uuid: z.string(),
  /** DISK, CDROM, … */
  type: z.string(),
  /** SCSI, SATA, PCI, IDE, … */
  adapter: z.string(),
  index: z.int(),
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
  /** What the client sent, in the words of its API; shown while the VM is being made. */
  requested: z.unknown(),
});

export type VmDisk = z.infer<typeof diskShape>;
export type VmNic = z.infer<typeof nicShape>;
export type WantedGpu = z.infer<typeof wantedGpuShape>;
export type VmCustomization = z.infer<typeof customizationShape>;
export type VmConfig = z.infer<typeof vmConfigShape>;
export type VmRecord = z.infer<typeof vmShape>;
