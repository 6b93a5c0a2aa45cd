import { z } from 'zod';
import { OperationError } from '../../support/index.js';
import type { ServerCertificate } from '../http/certificate.js';
import type {
  CategoryRecord,
  ClusterRecord,
  ContainerRecord,
  HostRecord,
  ImageRecord,
  ProjectRecord,
  ReservationRecord,
  SubnetRecord,
  VmRecord,
} from '../core/store/records.js';
import { entityShape } from './entity-shape.js';
import { vmShape } from './vm-shape.js';

const strictReference = z.looseObject({ kind: z.string(), uuid: z.string(), name: z.string().optional() });
const looseReference = z.looseObject({
  kind: z.exactOptional(z.string()),
  uuid: z.exactOptional(z.string()),
  name: z.string().optional(),
});

const gpu = z.object({
  uuid: z.string(),
  name: z.string(),
  vendor: z.string(),
  mode: z.string(),
  deviceId: z.int(),
  vmUuid: z.string().optional(),
});

const subnetResources = z.looseObject({
  subnet_type: z.enum(['VLAN', 'OVERLAY']),
  vlan_id: z.exactOptional(z.int()),
  ip_config: z.exactOptional(
    z.looseObject({
      subnet_ip: z.exactOptional(z.string()),
      prefix_length: z.exactOptional(z.int()),
      default_gateway_ip: z.exactOptional(z.string()),
      pool_list: z.exactOptional(z.array(z.looseObject({ range: z.exactOptional(z.string()) }))),
    }),
  ),
});

const imageResources = z.looseObject({
  image_type: z.exactOptional(z.enum(['DISK_IMAGE', 'ISO_IMAGE'])),
  source_uri: z.exactOptional(z.string()),
  architecture: z.exactOptional(z.string()),
  data_source_reference: z.exactOptional(looseReference),
  initial_placement_ref_list: z.exactOptional(z.array(strictReference)),
});

const projectResources = z.looseObject({
  cluster_reference_list: z.exactOptional(z.array(strictReference)),
  subnet_reference_list: z.exactOptional(z.array(strictReference)),
});

const shape = z.object({
  format: z.literal('prism-simulator state'),
  version: z.literal(2),
  server: z.object({
    certificate: z.exactOptional(z.object({ keyPem: z.string(), certificatePem: z.string() })),
    password: z.exactOptional(z.string().min(1)),
  }),
  guests: z.exactOptional(z.object({ kind: z.string(), kept: z.unknown() })),
  clusters: z.array(
    entityShape.extend({
      service: z.enum(['AOS', 'PRISM_CENTRAL']),
      version: z.string(),
      externalAddress: z.string(),
      dataServicesAddress: z.string().optional(),
    }),
  ),
  hosts: z.array(
    entityShape.extend({
      clusterUuid: z.string(),
      address: z.string(),
      sockets: z.int(),
      cores: z.int(),
      memoryMiB: z.int(),
      gpus: z.array(gpu),
    }),
  ),
  subnets: z.array(
    entityShape.extend({
      clusterUuid: z.string().optional(),
      resources: subnetResources,
      reservations: z.record(z.string(), z.string()),
      lastAssigned: z.string().optional(),
    }),
  ),
  images: z.array(
    entityShape.extend({
      resources: imageResources,
      sizeBytes: z.number().optional(),
      clusterUuids: z.array(z.string()),
    }),
  ),
  projects: z.array(entityShape.extend({ isDefault: z.boolean(), resources: projectResources })),
  vms: z.array(vmShape),
  containers: z.array(
    z.object({
      uuid: z.string(),
      name: z.string(),
      clusterUuid: z.string(),
      capacityBytes: z.number(),
      freeBytes: z.number(),
    }),
  ),
  categories: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      systemDefined: z.boolean(),
      cardinality: z.int(),
      values: z.record(z.string(), z.string()),
    }),
  ),
  reservations: z.array(
    z.object({
      clientIdentifier: z.string(),
      uuids: z.array(z.string()),
      used: z.array(z.string()),
      expiresAt: z.number(),
    }),
  ),
});

/** What clients know a server by, as far as it was made up and not given. */
export interface SavedServer {
  readonly certificate?: ServerCertificate;
  /** The administrator's. */
  readonly password?: string;
}

/** What guests have on their disks, as the backend of that kind saved it. */
export interface SavedGuests {
  readonly kind: string;
  readonly kept: unknown;
}

/** Everything a simulator knows that outlives it; tasks and sessions do not. */
export interface SavedState {
  readonly format: 'prism-simulator state';
  readonly version: 2;
  readonly server: SavedServer;
  readonly guests?: SavedGuests;
  readonly clusters: readonly ClusterRecord[];
  readonly hosts: readonly HostRecord[];
  readonly subnets: readonly SubnetRecord[];
  readonly images: readonly ImageRecord[];
  readonly projects: readonly ProjectRecord[];
  readonly vms: readonly VmRecord[];
  readonly containers: readonly ContainerRecord[];
  readonly categories: readonly CategoryRecord[];
  readonly reservations: readonly ReservationRecord[];
}

/** Throws OperationError `invalid-input`. */
export function parseSavedState(value: unknown): SavedState {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'read the saved state',
    problem: `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'not a saved state'}`,
    advice: 'Give a file that this version of the simulator has saved, or one that does not exist yet.',
  });
}
