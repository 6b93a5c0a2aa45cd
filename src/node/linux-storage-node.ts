import {
  abortError,
  backoff,
  hasCode,
  OperationError,
  poll,
  systemClock,
  type Clock,
} from '../support/index.js';
import { scanForDisks } from './devices/bus-scan.js';
import { releaseDisk } from './devices/device-release.js';
import { isClaimedByMultipath } from './devices/multipath-claim.js';
import { NodeTools } from './devices/node-tools.js';
import { DiskSearch } from './devices/disk-search.js';
import { ContentInspection } from './filesystems/content.js';
import { Formatting } from './filesystems/formatting.js';
import { filesystemUse, growMounted, rescanDevice } from './filesystems/growing.js';
import { hasMountedTwin } from './filesystems/xfs-twins.js';
import { identifyNode } from './identity.js';
import { isGoingDown } from './going-down.js';
import { Initiator } from './iscsi/initiator.js';
import { isMountedElsewhere } from './mounts/elsewhere.js';
import { Mounting, type BindOptions } from './mounts/mounting.js';
import { readMounts } from './mounts/mount-table.js';
import { SYSTEM_PATHS, type NodePaths } from './node-paths.js';
import type {
  DeviceContent,
  DiskAddress,
  FilesystemType,
  FilesystemUse,
  MountEntry,
  MountRequest,
  NodeIdentity,
  StorageNode,
} from './storage-node.js';

export interface StorageNodeOptions {
  /** What differs from an ordinary Linux. */
  readonly paths?: Partial<NodePaths> | undefined;
  readonly clock?: Clock | undefined;
  /** The VM's id, where DMI shows none or a wrong one. */
  readonly vmId?: string | undefined;
}

/** This computer; needs root for all but reading. */
export function createStorageNode(options: StorageNodeOptions = {}): StorageNode {
  return new LinuxStorageNode(
    { ...SYSTEM_PATHS, ...options.paths },
    options.clock ?? systemClock,
    options.vmId,
  );
}

/** The kernel notices most disks by itself; it is made to scan at these attempts, each of which can cost seconds. */
const SCANNED_ATTEMPTS = new Set([2, 5, 10, 20, 40, 80]);
const PAUSES = { first: 100, growth: 1.4, longest: 2000 };

function otherContent(content: DeviceContent, type: FilesystemType, attempted: string): OperationError {
  const held = {
    blank: 'nothing',
    filesystem: 'type' in content ? content.type : '',
    foreign: 'what' in content ? content.what : '',
  };
  const problem = `the device holds ${held[content.kind]}, not the ${type} file system that was to be mounted`;
  return new OperationError({ code: 'conflict', attempted, problem });
}

interface Wait {
  readonly waitedFor: string;
  lastSeen?: string;
  readonly advice: string;
}

function pendingFor(disk: DiskAddress): Wait {
  return disk.kind === 'vm'
    ? {
        waitedFor: 'the disk to appear on a SCSI bus of this host',
        advice: "Is this host the VM that the volume is attached to? Look into the kernel's log (dmesg).",
      }
    : {
        waitedFor: `LUN ${disk.lun} of the target of ${disk.targetName} to appear`,
        advice: "Look into the kernel's log (dmesg) and at iscsiadm -m session -P 3.",
      };
}

class LinuxStorageNode implements StorageNode {
  readonly #tools: NodeTools;
  readonly #clock: Clock;
  readonly #vmId: string | undefined;
  readonly #search: DiskSearch;
  readonly #initiator: Initiator;
  readonly #inspection: ContentInspection;
  readonly #formatting: Formatting;
  readonly #mounting: Mounting;

  constructor(paths: NodePaths, clock: Clock, vmId: string | undefined) {
    this.#vmId = vmId;
    this.#clock = clock;
    this.#tools = new NodeTools(paths);
    this.#search = new DiskSearch(this.#tools);
    this.#initiator = new Initiator(this.#tools);
    this.#inspection = new ContentInspection(this.#tools);
    this.#formatting = new Formatting(this.#tools, clock);
    this.#mounting = new Mounting(this.#tools);
  }

  async identify(): Promise<NodeIdentity> {
    const identity = await identifyNode(this.#tools.paths);
    return this.#vmId === undefined ? identity : { ...identity, vmId: this.#vmId };
  }

  async findDevice(disk: DiskAddress, signal: AbortSignal): Promise<string> {
    const attempted = `find the device of disk ${disk.diskId}`;
    if (disk.kind === 'iscsi') await this.#initiator.logIn(disk, signal);
    const pending = pendingFor(disk);
    return await poll(
      async (attempt) => {
        if (disk.kind === 'vm' && SCANNED_ATTEMPTS.has(attempt)) {
          await scanForDisks(this.#tools.paths, disk.scsiTarget);
        }
        const device = await this.#search.see(disk);
        if (device === undefined) return { ready: false };
        const isClaimed = await isClaimedByMultipath(device, this.#tools, signal);
        if (!isClaimed) return { ready: true, value: device.path };
        pending.lastSeen = `${device.path}, of which multipathd has made no device yet`;
        return { ready: false };
      },
      {
        clock: this.#clock,
        signal,
        delays: backoff(PAUSES),
        interrupted: () => abortError(signal, attempted, pending),
      },
    );
  }

  async seeDevice(disk: DiskAddress, signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) throw abortError(signal, `find the device of disk ${disk.diskId}`);
    return (await this.#search.see(disk))?.path;
  }

  async flush(device: string, signal: AbortSignal): Promise<void> {
    const attempted = `flush ${device}`;
    await this.#tools.runner.run({ program: 'blockdev', args: ['--flushbufs', device], attempted, signal });
  }

  async releaseDevice(disk: DiskAddress, signal: AbortSignal): Promise<void> {
    const attempted = `release the device of disk ${disk.diskId}`;
    if (signal.aborted) throw abortError(signal, attempted);
    const remains = await this.#search.remains(disk);
    await releaseDisk(remains, attempted, this.#tools, signal);
    if (disk.kind === 'iscsi') await this.#initiator.logOut(disk, signal);
  }

  async rescanSize(device: string, signal: AbortSignal): Promise<number> {
    return await rescanDevice(device, this.#tools, signal);
  }

  async inspect(device: string, signal: AbortSignal): Promise<DeviceContent> {
    return await this.#inspection.inspect(device, signal);
  }

  async format(
    device: string,
    type: FilesystemType,
    options: { readonly label: string },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#formatting.format(device, type, options.label, signal);
  }

  async mount(request: MountRequest, signal: AbortSignal): Promise<void> {
    if ((await this.#mounting.existing(request)) !== undefined) return;
    const { device, type } = request;
    const attempted = `mount ${device} at ${request.target}`;
    const content = await this.#inspection.inspect(device, signal);
    if (content.kind !== 'filesystem' || content.type !== type) throw otherContent(content, type, attempted);
    // By this systemd knows at a shutdown that the file system has to go before the network does.
    const network = (await this.#tools.devices.isByNetwork(device, attempted)) ? ['_netdev'] : [];
    try {
      await this.#mounting.mount(request, network, signal);
    } catch (error) {
      // The kernel takes no second xfs of one UUID unless it is told that this is meant.
      const isCopy =
        type === 'xfs' &&
        hasCode(error, 'task-failed') &&
        (await hasMountedTwin(device, content.uuid, await this.mounts(), this.#tools.devices, attempted));
      if (!isCopy) throw error;
      await this.#mounting.mount(request, [...network, 'nouuid'], signal);
    }
  }

  async bind(source: string, target: string, options: BindOptions, signal: AbortSignal): Promise<void> {
    await this.#mounting.bind(source, target, options, signal);
  }

  async unmount(target: string, signal: AbortSignal): Promise<void> {
    await this.#mounting.unmount(target, signal);
  }

  async isGoingDown(): Promise<boolean> {
    return await isGoingDown(this.#tools.runner);
  }

  async mounts(): Promise<readonly MountEntry[]> {
    return await readMounts(this.#tools.paths.proc);
  }

  async isMountedElsewhere(target: string): Promise<boolean | undefined> {
    return await isMountedElsewhere(this.#tools.paths.proc, target);
  }

  async growFilesystem(target: string, signal: AbortSignal): Promise<void> {
    const attempted = `grow the file system at ${target}`;
    const entry = await this.#mounting.topAt(target, attempted);
    if (entry === undefined) {
      throw new OperationError({ code: 'not-found', attempted, problem: 'nothing is mounted there' });
    }
    // What the table calls the source may be gone or called otherwise; the number is the device.
    const name = await this.#tools.devices.nameByNumber(entry.device);
    const device = name === undefined ? entry.source : await this.#tools.devices.pathOf(name);
    await growMounted(entry, device, this.#tools.runner, signal);
  }

  async use(path: string): Promise<FilesystemUse> {
    return await filesystemUse(path);
  }
}
