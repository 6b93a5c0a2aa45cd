import { z } from 'zod';
import { entityShape, extrasShape, referenceShape, wholeReferenceShape } from './entity.js';

export const clusterShape = entityShape.extend({
  service: z.enum(['AOS', 'PRISM_CENTRAL']),
  version: z.string(),
  externalAddress: z.string(),
  dataServicesAddress: z.string().optional(),
});

const gpuShape = z.object({
  uuid: z.string(),
  name: z.string(),
  vendor: z.enum(['NVIDIA', 'INTEL', 'AMD']),
  mode: z.enum(['PASSTHROUGH_GRAPHICS', 'PASSTHROUGH_COMPUTE', 'VIRTUAL']),
  deviceId: z.int(),
  /** The VM that holds it. */
  vmUuid: z.string().optional(),
});

export const hostShape = entityShape.extend({
  clusterUuid: z.string(),
  address: z.string(),
  sockets: z.int(),
  cores: z.int(),
  memoryMiB: z.int(),
  gpus: z.array(gpuShape),
});

/** The addresses of a subnet, and who else there has one. */
const networkShape = z.object({
  /** Present = Prism hands out addresses. */
  address: z.string().optional(),
  prefixLength: z.int().optional(),
  gateway: z.string().optional(),
  dhcpServer: z.string().optional(),
  nameServers: z.array(z.string()).optional(),
  /** First and last address of each. */
  pools: z
    .array(z.object({ first: z.string().optional(), last: z.string().optional(), extras: extrasShape }))
    .optional(),
  extras: extrasShape,
});

export const subnetShape = entityShape.extend({
  type: z.enum(['VLAN', 'OVERLAY']),
  /** Absent for overlays. */
  clusterUuid: z.string().optional(),
  vlanId: z.int().optional(),
  /** An overlay's VPC. */
  vpcUuid: z.string().optional(),
  /** A VLAN that leads out of VPCs. */
  external: z.boolean().optional(),
  nat: z.boolean().optional(),
  network: networkShape.optional(),
  extras: extrasShape,
  /** Address to the UUID of the NIC that holds it. */
  reservations: z.record(z.string(), z.string()),
  /** The last address handed out, so that one just given back is not reused at once. */
  lastAssigned: z.string().optional(),
});

export const imageShape = entityShape.extend({
  type: z.enum(['DISK_IMAGE', 'ISO_IMAGE']).optional(),
  architecture: z.string().optional(),
  /** Where it was fetched from. */
  sourceUri: z.string().optional(),
  /** The VM's disk that it is a copy of. */
  source: referenceShape.optional(),
  /** The clusters that were asked for. */
  placement: z.array(wholeReferenceShape).optional(),
  extras: extrasShape,
  /** undefined until the bits are there. */
  sizeBytes: z.number().optional(),
  clusterUuids: z.array(z.string()),
});

export const projectShape = entityShape.extend({
  isDefault: z.boolean(),
  /** Its VMs are on these only, unless there are none. */
  clusters: z.array(wholeReferenceShape).optional(),
  subnets: z.array(wholeReferenceShape).optional(),
  extras: extrasShape,
});

export const containerShape = z.object({
  uuid: z.string(),
  name: z.string(),
  clusterUuid: z.string(),
  capacityBytes: z.number(),
  freeBytes: z.number(),
});

export const categoryShape = z.object({
  name: z.string(),
  description: z.string(),
  systemDefined: z.boolean(),
  cardinality: z.int(),
  /** Value to description. */
  values: z.record(z.string(), z.string()),
  /** Value to the id of the pair, of values that were renamed; of all others it is derived (categories.ts). */
  ids: z.record(z.string(), z.string()).optional(),
});

/** UUIDs set aside for later creates. */
export const reservationShape = z.object({
  clientIdentifier: z.string(),
  uuids: z.array(z.string()),
  /** Those that became an entity, also one that is gone: they serve once. */
  used: z.array(z.string()),
  expiresAt: z.number(),
});

export type ClusterRecord = z.infer<typeof clusterShape>;
export type GpuRecord = z.infer<typeof gpuShape>;
export type HostRecord = z.infer<typeof hostShape>;
export type SubnetAddresses = z.infer<typeof networkShape>;
export type SubnetRecord = z.infer<typeof subnetShape>;
export type ImageRecord = z.infer<typeof imageShape>;
export type ProjectRecord = z.infer<typeof projectShape>;
export type ContainerRecord = z.infer<typeof containerShape>;
export type CategoryRecord = z.infer<typeof categoryShape>;
export type ReservationRecord = z.infer<typeof reservationShape>;
