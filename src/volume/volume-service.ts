import type { FilesystemType, FilesystemUse } from '../node/index.js';
import type { CallContext, Snapshot, VolumeId } from '../provider/index.js';

/** A volume by its name, as Docker knows it, or by its id, as CSI does. */
export type VolumeReference = { readonly name: string } | { readonly id: VolumeId };

/** How volumes come to this host: as a disk of this VM by the hypervisor, or over the network. */
export type AttachmentKind = 'vm' | 'iscsi';

/** What is asked of a volume; what is absent is the policy's to choose, or stays as it is. */
export interface VolumeOptions {
  readonly sizeBytes?: number | undefined;
  readonly filesystem?: FilesystemType | undefined;
  /** Of the volume's top folder, when it is formatted. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  readonly mode?: number | undefined;
  /** As `mount -o`. */
  readonly mountOptions?: readonly string[] | undefined;
  /** Name or id of the volume to copy. */
  readonly from?: string | undefined;
  /** Name or id of the snapshot to begin with. */
  readonly fromSnapshot?: string | undefined;
  /** Name or id of a volume group that exists and was not made here. */
  readonly import?: string | undefined;
  readonly storageContainer?: string | undefined;
  /** What `remove` does: keep it for the grace time, or delete it at once. */
  readonly onRemove?: 'keep' | 'delete' | undefined;
}

/** A volume as front ends show it. */
export interface VolumeSummary {
  readonly id: VolumeId;
  readonly name: string;
  readonly sizeBytes: number;
  readonly filesystem: FilesystemType | undefined;
  /** The holders in words, e.g. `VM "web-1"`; empty = no holder. Undefined = only the cloud knows. */
  readonly holders?: readonly string[] | undefined;
  /** The same as node ids (see `VolumeService.nodeId`). */
  readonly holderNodes?: readonly string[] | undefined;
  /** Folder at which it is mounted on this host. */
  readonly mountpoint?: string | undefined;
  readonly madeAt?: Date | undefined;
  /** Since when it is removed, and when it may be purged. */
  readonly removed?: { readonly at: Date; readonly keptUntil: Date } | undefined;
}

/**
 * The life of volumes: idempotent, one operation per volume at a time across the processes of this host, safe against
 * all other hosts. Every method rejects with an OperationError; `not-found` = certain that there is no such volume.
 */
export interface VolumeService {
  /** The volume of this name; made if there is none. One that exists and is smaller or otherwise is `conflict`. */
  ensure(name: string, options: VolumeOptions, context: CallContext): Promise<VolumeSummary>;
  /** Asks Prism. */
  find(volume: VolumeReference, context: CallContext): Promise<VolumeSummary | undefined>;
  /** Asks Prism for all. `removed`: those in their grace time instead. */
  list(
    filter: { readonly removed?: boolean | undefined },
    context: CallContext,
  ): Promise<readonly VolumeSummary[]>;
  /** Keeps it for the grace time, or deletes; attached = `conflict` that names the holder. Nothing there = success. */
  remove(volume: VolumeReference, how: 'keep' | 'delete' | undefined, context: CallContext): Promise<void>;
  restore(volume: VolumeReference, context: CallContext): Promise<VolumeSummary>;
  /** Deletes a removed volume for good; without `volume` all whose grace time is over. Resolves with the names. */
  purge(volume: VolumeReference | undefined, context: CallContext): Promise<readonly string[]>;
  /** Grows volume, device and, where it is mounted here, file system. */
  grow(volume: VolumeReference, sizeBytes: number, context: CallContext): Promise<VolumeSummary>;

  createSnapshot(volume: VolumeReference, name: string, context: CallContext): Promise<Snapshot>;
  listSnapshots(volume: VolumeReference | undefined, context: CallContext): Promise<readonly Snapshot[]>;
  deleteSnapshot(snapshotId: string, context: CallContext): Promise<void>;

  /** Gives a host (its node id, see `nodeId`) the volume; a dead holder is fenced first, a live one is `conflict`. */
  attach(volume: VolumeReference, nodeId: string, context: CallContext): Promise<void>;
  /** Takes it away from that host; nothing there = success. */
  detach(volume: VolumeReference, nodeId: string, context: CallContext): Promise<void>;
  /** This host for `attach`: `vm/<VM id>` or `iqn/<initiator name>`. */
  nodeId(): Promise<string>;

  /**
   * Attaches, formats what is proven blank, mounts. `user`: who it is for; counted, kept on disk. The same user twice
   * counts twice: for `docker cp` from a container that runs, the engine mounts with that container's id and unmounts
   * it again. Rejected = nothing was counted. Resolves with the folder. A caller whose answer can get lost calls
   * `answered` when it is delivered: until then a repeated `mount` of the user, after this process was killed, counts
   * once, and a user who is nowhere to be seen is forgotten.
   */
  mount(volume: VolumeReference, user: string, context: CallContext): Promise<string>;
  /** The user has got the folder that `mount` resolved with. Needs no Prism. */
  answered(volume: VolumeReference, user: string, context: CallContext): Promise<void>;
  /** When the last user is gone: unmounts, releases the device, detaches. An unknown user is success. Needs no Prism to unmount. */
  unmount(volume: VolumeReference, user: string, context: CallContext): Promise<void>;
  /** What this host knows without a request: all volumes made, seen or mounted here. */
  known(): Promise<readonly VolumeSummary[]>;

  /**
   * CSI's halves of `mount`, without counting users: device or file system at a folder of the caller. Staging and
   * publishing make the folders they need; publishing stages what is not staged yet, for that happens. What is staged
   * for each target stands in this host's record: `unpublish` of the last target takes the staging away too, because
   * Swarm never calls `unstage` (volumes.md 5). Undoing also removes the target. A volume that is not there is
   * `not-found` for `stage` and `publish`, and success for `unstage` and `unpublish`, which need no Prism.
   */
  stage(volume: VolumeReference, request: StageRequest, context: CallContext): Promise<void>;
  unstage(volume: VolumeReference, stagingPath: string, context: CallContext): Promise<void>;
  publish(volume: VolumeReference, request: PublishRequest, context: CallContext): Promise<void>;
  unpublish(volume: VolumeReference, targetPath: string, context: CallContext): Promise<void>;
  /** Of a volume that is staged or published at `path`; anything else is `not-found`. */
  use(volume: VolumeReference, path: string): Promise<VolumeUse>;
  /**
   * After `grow` on another host: makes device and file system of a volume that is staged or published at `path`
   * (`not-found` otherwise) as large as the volume is. Resolves with the device's size in bytes.
   */
  growHere(volume: VolumeReference, path: string, context: CallContext): Promise<number>;

  /** Free bytes for new volumes; undefined where Prism does not say. */
  capacity(context: CallContext): Promise<number | undefined>;
  /** Ends what goes on in the background. What is mounted stays so, unless this host is going down (here/going-down.ts). */
  close(): Promise<void>;
}

export interface StageRequest {
  readonly stagingPath: string;
  /** undefined = the volume is used as a block device. */
  readonly filesystem?:
    { readonly type?: FilesystemType | undefined; readonly mountOptions: readonly string[] } | undefined;
}

export interface PublishRequest extends StageRequest {
  readonly targetPath: string;
  readonly readOnly: boolean;
  /** True: `conflict` when the volume is published at another target of this host. */
  readonly exclusive?: boolean | undefined;
}

export interface VolumeUse {
  /** Size of the block device. */
  readonly deviceBytes: number;
  /** undefined = the volume is used as a block device. */
  readonly filesystem?: FilesystemUse | undefined;
}
