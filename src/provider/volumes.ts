import type { CallContext } from './provider.js';
import type { Vm, VmId } from './vm.js';

/** A volume's id, given by the cloud; never reused. */
export type VolumeId = string;
/** A snapshot's id, given by the cloud. */
export type SnapshotId = string;

/** A piece of a volume that a host sees as one block device. */
export interface VolumeDisk {
  readonly id: string;
  /** Place within the volume, from 0; the LUN at which hosts see it. */
  readonly index: number;
  readonly sizeBytes: number;
  /** Id of the storage container it lies in; undefined where the cloud does not say. */
  readonly storageContainer?: string | undefined;
}

/** A VM that has a volume as a disk. */
export interface VmAttachment {
  readonly kind: 'vm';
  readonly vmId: VmId;
  /** SCSI target at which the VM sees it; undefined where the cloud does not say. */
  readonly scsiTarget?: number | undefined;
}

/** An iSCSI initiator that may log in to a volume. */
export interface InitiatorAttachment {
  readonly kind: 'initiator';
  /** The cloud's id of this client. */
  readonly clientId: string;
  /** Its IQN; undefined where the client is known by an address only. */
  readonly initiatorName?: string | undefined;
}

export type VolumeAttachment = VmAttachment | InitiatorAttachment;

/** The name of a volume, and the text beside it for users and programs to read. */
export interface VolumeLabel {
  /** Not unique: the cloud takes the same name twice. */
  readonly name: string;
  readonly description: string;
}

/** A volume as lists tell of it; its data and its name outlive every host. */
export interface ListedVolume extends VolumeLabel {
  readonly id: VolumeId;
  /** Id of the cluster that it lies on. */
  readonly clusterId: string;
  readonly attachments: readonly VolumeAttachment[];
  /** True when several hosts may have it at once; ours never are. */
  readonly shared: boolean;
  /** What its iSCSI targets' names (IQN) contain, so that they are found among those of a portal. */
  readonly targetName?: string | undefined;
}

/** A volume with what takes a request for each: the cloud's lists do not say it. */
export interface Volume extends ListedVolume {
  /** In the order of their index. Ours have one; imported ones may have several. */
  readonly disks: readonly VolumeDisk[];
  /** Categories, `key:value`; undefined = not asked for. */
  readonly categories?: readonly string[] | undefined;
}

/** A state of a volume that was kept. */
export interface Snapshot {
  readonly id: SnapshotId;
  readonly name: string;
  readonly volumeId: VolumeId;
  /** The volume's size now, which is never less than it was then; 0 = not known, as in a list of all volumes' snapshots. */
  readonly sizeBytes: number;
  readonly madeAt?: Date | undefined;
  readonly ready: boolean;
}

/** Where new volumes lie; undefined = the cloud has one only, and that is taken. */
export interface VolumePlacementRequest {
  readonly cluster?: string | undefined;
  readonly storageContainer?: string | undefined;
}

export interface VolumePlacement {
  readonly cluster: { readonly id: string; readonly name: string };
  /** The one that was named, or the cluster's default container. */
  readonly storageContainer: { readonly id: string; readonly name: string };
  /** `host:port` of the cluster's iSCSI data services; undefined when the cluster has none. */
  readonly portal?: string | undefined;
}

/** What is chosen of every new volume, whatever it holds. */
export interface NewVolumeChoice extends VolumeLabel {
  readonly placement: VolumePlacement;
}

export interface NewVolume extends NewVolumeChoice {
  readonly sizeBytes: number;
  /** Copies this volume's first disk as it is at that moment. */
  readonly from?: VolumeId | undefined;
}

/** How an initiator is let in. */
export interface InitiatorAccess {
  /** IQN of the host. */
  readonly initiatorName: string;
  /**
   * CHAP secret, 12 to 16 bytes; undefined = without CHAP. Never logged, never returned by the cloud. The cloud keeps one
   * for each initiator: a new one counts for all its volumes from their next login on.
   */
  readonly chapSecret?: string | undefined;
}

/**
 * Block volumes of a cloud. Every method rejects with an OperationError, also when `context.signal` is aborted. Methods
 * that change something resolve when the change is done, and are idempotent: what is already so is success. A volume
 * that has one attachment takes no second one: `conflict`. Code `not-found` = the cloud is sure that it is not there.
 */
export interface Volumes {
  /** Looks up where new volumes go. All problems come in one error. */
  resolvePlacement(request: VolumePlacementRequest, context: CallContext): Promise<VolumePlacement>;

  /** All volumes whose name begins with `namePrefix` (all when absent), without those the account may not see. */
  list(namePrefix: string | undefined, context: CallContext): Promise<readonly ListedVolume[]>;
  /** All volumes of exactly this name. */
  findByName(name: string, context: CallContext): Promise<readonly Volume[]>;
  /** One volume with attachments and categories; undefined when there is none. */
  find(id: VolumeId, context: CallContext): Promise<Volume | undefined>;

  /**
   * Makes a volume. `requestId` (a UUID): repeating the call with the same one never makes a second volume; it resolves
   * with the id of the first, which may have been renamed or deleted since, or rejects as the first call did.
   */
  create(requestId: string, volume: NewVolume, context: CallContext): Promise<VolumeId>;
  /** Changes name and description. */
  rename(id: VolumeId, to: VolumeLabel, context: CallContext): Promise<void>;
  /** Adds and takes away categories, `key:value`; one that does not exist is made. */
  changeCategories(
    id: VolumeId,
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
    context: CallContext,
  ): Promise<void>;
  /** Grows one disk; a size that it has already is success, a smaller one `invalid-input`. */
  grow(id: VolumeId, diskId: string, sizeBytes: number, context: CallContext): Promise<void>;
  /** Deletes volume and data for good; one that is attached is refused: `conflict`. Missing = success. */
  delete(id: VolumeId, context: CallContext): Promise<void>;

  attachToVm(id: VolumeId, vmId: VmId, context: CallContext): Promise<VmAttachment>;
  attachToInitiator(
    id: VolumeId,
    access: InitiatorAccess,
    context: CallContext,
  ): Promise<InitiatorAttachment>;
  /** Takes the volume away, also from a host that writes to it: its writes fail from then on. */
  detach(id: VolumeId, attachment: VolumeAttachment, context: CallContext): Promise<void>;

  /** The VM as far as a takeover has to know it; undefined when the cloud is sure that there is none. */
  findVm(id: VmId, context: CallContext): Promise<Pick<Vm, 'id' | 'name' | 'power'> | undefined>;

  createSnapshot(requestId: string, id: VolumeId, name: string, context: CallContext): Promise<SnapshotId>;
  listSnapshots(of: VolumeId | undefined, context: CallContext): Promise<readonly Snapshot[]>;
  findSnapshot(id: SnapshotId, context: CallContext): Promise<Snapshot | undefined>;
  deleteSnapshot(id: SnapshotId, context: CallContext): Promise<void>;
  /** A new volume with a snapshot's data; `requestId` as with `create`. */
  createFromSnapshot(
    requestId: string,
    id: SnapshotId,
    volume: NewVolumeChoice,
    context: CallContext,
  ): Promise<VolumeId>;

  /** Free bytes of a storage container; undefined where the cloud does not say. */
  freeBytes(placement: VolumePlacement, context: CallContext): Promise<number | undefined>;

  /** Gives back connections and timers. */
  close(): Promise<void>;
}
