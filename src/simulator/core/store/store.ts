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
import type { ChangeCount, RequestRecord } from './remembered.js';
import type { VmRecord } from './vm-record.js';
import type { IscsiClientRecord, RecoveryPointRecord, VolumeGroupRecord } from './volume-records.js';

/** Records of one kind in the order of their making, found by id. */
export class Collection<T> {
  readonly #byId = new Map<string, T>();
  readonly #idOf: (record: T) => string;

  constructor(idOf: (record: T) => string) {
    this.#idOf = idOf;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Adds, or replaces the record of the same id in its place. */
  put(record: T): void {
    this.#byId.set(this.#idOf(record), record);
  }

  delete(id: string): boolean {
    return this.#byId.delete(id);
  }

  find(matches: (record: T) => boolean): T | undefined {
    for (const record of this.#byId.values()) if (matches(record)) return record;
    return undefined;
  }

  [Symbol.iterator](): MapIterator<T> {
    return this.#byId.values();
  }

  toArray(): T[] {
    return [...this.#byId.values()];
  }
}

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
  readonly volumeGroups = new Collection<VolumeGroupRecord>(byUuid);
  readonly iscsiClients = new Collection<IscsiClientRecord>(byUuid);
  readonly recoveryPoints = new Collection<RecoveryPointRecord>(byUuid);
  readonly categories = new Collection<CategoryRecord>((record) => record.name);
  /** What was uploaded for images, by UUID; not part of a saved state. */
  readonly imageContents = new Map<string, Buffer>();
  /** MAC addresses in use. */
  readonly macAddresses = new Set<string>();
  readonly reservations = new Collection<ReservationRecord>((record) => record.clientIdentifier);
  readonly requests = new Collection<RequestRecord>((record) => record.id);
  readonly changeCounts = new Collection<ChangeCount>(byUuid);
}
