import { Collection } from './collection.js';
import type {
  CategoryRecord,
  ClusterRecord,
  ContainerRecord,
  HostRecord,
  ImageRecord,
  ProjectRecord,
  ReservationRecord,
  SubnetRecord,
} from './records.js';
import type { VmRecord } from './vm-record.js';

const byUuid = (record: { readonly uuid: string }): string => record.uuid;

/** Everything the simulated server knows, apart from tasks and sessions. */
export class Store {
  readonly clusters = new Collection<ClusterRecord>(byUuid);
  readonly hosts = new Collection<HostRecord>(byUuid);
  readonly subnets = new Collection<SubnetRecord>(byUuid);
  readonly images = new Collection<ImageRecord>(byUuid);
  readonly projects = new Collection<ProjectRecord>(byUuid);
  readonly vms = new Collection<VmRecord>(byUuid);
  readonly containers = new Collection<ContainerRecord>(byUuid);
  readonly categories = new Collection<CategoryRecord>((record) => record.name);
  /** What was uploaded for images, by UUID; not part of a saved state. */
  readonly imageContents = new Map<string, Buffer>();
  /** MAC addresses in use. */
  readonly macAddresses = new Set<string>();
  readonly reservations = new Collection<ReservationRecord>((record) => record.clientIdentifier);
}
