import type { Message } from '../refusal.js';
import type { ImageSpec, ProjectSpec, SubnetSpec } from '../../v3/schema/entity-bodies.js';
import type { VmResources } from '../../v3/vm/resources.js';

/** The API's way to point at an entity. */
export interface Reference {
  readonly kind: string;
  readonly uuid: string;
  readonly name?: string | undefined;
}

export type EntityState = 'PENDING' | 'RUNNING' | 'COMPLETE' | 'ERROR' | 'DELETE_PENDING';

/**
 * What every intent entity has besides its spec. Records are plain JSON and change in place: they are the
 * state of the simulated server. Times are ms since 1970.
 */
export interface EntityRecord {
  readonly uuid: string;
  name: string;
  description?: string | undefined;
  state: EntityState;
  messages: Message[];
  taskUuids: string[];
  /** The task that made it; absent for what was there from the start. */
  createTask?: string | undefined;
  readonly createdAt: number;
  updatedAt: number;
  specVersion: number;
  /** Values per key; the single-valued form is derived. */
  categories: Record<string, string[]>;
  usesCategoriesMapping: boolean;
  projectUuid?: string | undefined;
  owner: Reference;
}

export interface ClusterRecord extends EntityRecord {
  readonly service: 'AOS' | 'PRISM_CENTRAL';
  readonly version: string;
  readonly externalAddress: string;
  readonly dataServicesAddress?: string | undefined;
}

export interface GpuRecord {
  readonly uuid: string;
  readonly name: string;
  readonly vendor: string;
  readonly mode: string;
  readonly deviceId: number;
  /** The VM that holds it. */
  vmUuid?: string | undefined;
}

export interface HostRecord extends EntityRecord {
  readonly clusterUuid: string;
  readonly address: string;
  readonly sockets: number;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly gpus: GpuRecord[];
}

export interface SubnetRecord extends EntityRecord {
  /** Absent for overlays. */
  clusterUuid?: string | undefined;
  resources: SubnetSpec;
  /** Address to the UUID of the NIC that holds it. */
  reservations: Record<string, string>;
  /** The last address handed out, so that one just given back is not reused at once. */
  lastAssigned?: string | undefined;
}

export interface ImageRecord extends EntityRecord {
  resources: ImageSpec;
  /** undefined until the bits are there. */
  sizeBytes?: number | undefined;
  clusterUuids: string[];
}

export interface ProjectRecord extends EntityRecord {
  readonly isDefault: boolean;
  resources: ProjectSpec;
}

export interface VmRecord extends EntityRecord {
  entityVersion: number;
  clusterUuid: string;
  /** The complete spec. Its power_state is what was asked for. */
  resources: VmResources;
  /** What the machine does. */
  power: 'ON' | 'OFF';
  hostUuid?: string | undefined;
  generationUuid: string;
  /** Addresses seen on the wire, by NIC uuid, in order of appearance. */
  learned: Record<string, string[]>;
  /** False until the create task has made it; such a VM is in no list. */
  made: boolean;
  /** Once DELETE was accepted. */
  deleting: boolean;
  /** The request's spec, shown while the VM is being made. */
  readonly requested: unknown;
}

export interface ContainerRecord {
  readonly uuid: string;
  readonly name: string;
  readonly clusterUuid: string;
  readonly capacityBytes: number;
  readonly freeBytes: number;
}

export interface CategoryRecord {
  readonly name: string;
  description: string;
  readonly systemDefined: boolean;
  cardinality: number;
  /** Value to description. */
  values: Record<string, string>;
}

/** UUIDs set aside for later creates (POST idempotence_identifiers). */
export interface ReservationRecord {
  readonly clientIdentifier: string;
  readonly uuids: readonly string[];
  /** Those that became an entity, also one that is gone: they serve once. */
  readonly used: string[];
  readonly expiresAt: number;
}
