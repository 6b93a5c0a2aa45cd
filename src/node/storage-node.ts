/** File systems that volumes are formatted with. */
export type FilesystemType = 'xfs' | 'ext4';

/** Who this computer is to the cloud and to iSCSI targets. */
export interface NodeIdentity {
  readonly hostname: string;
  /** The VM's id from DMI (`product_uuid`), lower case; undefined where there is none to be read. */
  readonly vmId?: string | undefined;
  /** IQN of open-iscsi; undefined where it is not installed. */
  readonly initiatorName?: string | undefined;
}

/** A disk that the hypervisor has attached to this VM. */
export interface VmDiskAddress {
  readonly kind: 'vm';
  /** The disk's id, which stands in the serial that AHV gives it, `NUTANIX_NFS_x_y_z_<id with underscores>`. */
  readonly diskId: string;
  readonly scsiTarget?: number | undefined;
  readonly lun: number;
  readonly sizeBytes: number;
}

/** A disk that this host reaches by iSCSI. */
export interface IscsiDiskAddress {
  readonly kind: 'iscsi';
  readonly diskId: string;
  /** `host:port` of the data services. */
  readonly portal: string;
  /** Part of the target's IQN. */
  readonly targetName: string;
  readonly lun: number;
  /** Its CHAP user is the initiator's name. */
  readonly chapSecret?: string | undefined;
}

/** How the block device of a volume's disk is found: by its serial, its SCSI place, its target; never by a name like sdb. */
export type DiskAddress = VmDiskAddress | IscsiDiskAddress;

/** What a block device holds, as far as it is certain. */
export type DeviceContent =
  /**
   * Proven: blkid -p finds nothing (exit status 2), and the first and the last MiB are zeros; or what is there is what
   * an interrupted `format` of ours has left, which never held a file.
   */
  | { readonly kind: 'blank' }
  | { readonly kind: 'filesystem'; readonly type: FilesystemType; readonly uuid: string }
  /** Another file system, a partition table, LVM, or signatures that contradict one another; `what` in words. */
  | { readonly kind: 'foreign'; readonly what: string };

export interface MountRequest {
  readonly device: string;
  /** Made with its parents where it is missing. */
  readonly target: string;
  readonly type: FilesystemType;
  /** As `mount -o`. */
  readonly options: readonly string[];
  readonly readOnly?: boolean | undefined;
}

/** One line of the kernel's table of mounts. */
export interface MountEntry {
  readonly target: string;
  /** `major:minor` of the file system's device. */
  readonly device: string;
  readonly type: string;
  /** The mount or its file system cannot be written to. */
  readonly readOnly: boolean;
  /** The folder of the file system that is seen at `target`; `/` = all of it. */
  readonly root: string;
  /** What was mounted, as the file system tells it: often a path of a device. */
  readonly source: string;
  /** Whether mounts below it are seen in other namespaces (`shared`), come from there (`slave`), or neither. */
  readonly propagation: 'shared' | 'slave' | 'private' | 'unbindable';
}

/** Sizes and inodes of a mounted file system. */
export interface FilesystemUse {
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
  readonly totalInodes: number;
  readonly usedInodes: number;
}

/**
 * This computer, as far as volumes need it (Linux, root). Every method is idempotent and rejects with an OperationError,
 * also when `signal` is aborted; a command of the system that was started is waited for, so that nothing goes on unseen.
 */
export interface StorageNode {
  identify(): Promise<NodeIdentity>;

  /**
   * The device of an attached disk, e.g. `/dev/sdc`, or its multipath device; waits until it is there. With iSCSI it
   * logs in first. Scans the bus where the kernel has not noticed. The serial decides; only where no device tells one do
   * place, vendor and exact size together. Two that fit are `ambiguous`, never guessed.
   */
  findDevice(disk: DiskAddress, signal: AbortSignal): Promise<string>;
  /** The same without waiting or logging in; undefined = not there now. */
  seeDevice(disk: DiskAddress, signal: AbortSignal): Promise<string | undefined>;
  /** Brings what was written to a device, also to the file system that is mounted from it, to the disk. */
  flush(device: string, signal: AbortSignal): Promise<void>;
  /** Flushes and takes away what the kernel keeps of the device: multipath map, paths, iSCSI session. Missing = success. */
  releaseDevice(disk: DiskAddress, signal: AbortSignal): Promise<void>;
  /** Makes the kernel see the new size of a device; resolves with it, in bytes. */
  rescanSize(device: string, signal: AbortSignal): Promise<number>;

  inspect(device: string, signal: AbortSignal): Promise<DeviceContent>;
  /** Formats a device that `inspect` says is blank; anything else is refused. `label`: at most 12 bytes. */
  format(
    device: string,
    type: FilesystemType,
    options: { readonly label: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** Repairs what a dirty journal needs before a mount; never more than a replay. */
  mount(request: MountRequest, signal: AbortSignal): Promise<void>;
  /** Binds a folder or, with `file`, a device to `target`. */
  bind(
    source: string,
    target: string,
    options: { readonly readOnly?: boolean | undefined; readonly file?: boolean | undefined },
    signal: AbortSignal,
  ): Promise<void>;
  /** Takes away all mounts at `target`, and the empty folder or file. Nothing there = success; busy = `conflict`. */
  unmount(target: string, signal: AbortSignal): Promise<void>;
  /** The kernel's table, from /proc/self/mountinfo, never by asking a file system. */
  mounts(): Promise<readonly MountEntry[]>;
  /**
   * Whether the file system at `target` is mounted at another place, too, as containers have it, whatever their mount
   * namespace. Undefined = this process sees no other ones, so it cannot know.
   */
  isMountedElsewhere(target: string): Promise<boolean | undefined>;
  growFilesystem(target: string, signal: AbortSignal): Promise<void>;
  /** Whether this computer is going down; false also where there is no systemctl, as in a container. Rejects where that fails. */
  isGoingDown(): Promise<boolean>;
  use(target: string): Promise<FilesystemUse>;
}
