import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hasSystemCode, OperationError } from '../../support/index.js';
import type { NodePaths } from '../node-paths.js';
import { designatorsIn, unitSerialIn } from './scsi-identity.js';

/** The kernel counts sizes of block devices in these, whatever the device's own are. */
const SECTOR = 512;

/** Names of devices of the device mapper, by the kernel. */
const MAPPED = 'dm-';

/** Where a SCSI device is: as in the name of its folder, `host:channel:target:lun`. */
export interface ScsiPlace {
  readonly host: number;
  readonly channel: number;
  readonly target: number;
  readonly lun: number;
}

/** A block device as sysfs shows it. */
export interface BlockDevice {
  /** The kernel's name, e.g. `sdc`: good until the next boot. */
  readonly name: string;
  readonly sizeBytes: number;
  /** All names by which the disk tells which one it is; empty = it tells none. */
  readonly serials: readonly string[];
  readonly vendor: string | undefined;
  readonly place: ScsiPlace | undefined;
  /** IQN of the target that it comes from; undefined = not by iSCSI. */
  readonly iscsiTarget: string | undefined;
  /** Kernel name of the multipath device that has it as a path, or of itself when it is one. */
  readonly multipath: string | undefined;
  /** False when the kernel has given the device up: no command reaches it any more. */
  readonly isRunning: boolean;
}

const ON_NO_BUS = {
  serials: [],
  vendor: undefined,
  place: undefined,
  iscsiTarget: undefined,
  isRunning: true,
} as const;

/** The block devices of this computer, by sysfs. */
export class BlockDevices {
  readonly #paths: NodePaths;

  constructor(paths: NodePaths) {
    this.#paths = paths;
  }

  /** One after the other: with ten mounts at once on a host of many devices, ten thousand files would be open together. */
  async list(): Promise<readonly BlockDevice[]> {
    const devices: BlockDevice[] = [];
    for (const name of await entriesOf(join(this.#paths.sys, 'block'))) {
      const device = await this.read(name);
      if (device !== undefined) devices.push(device);
    }
    return devices;
  }

  /** undefined = there is no such device. */
  async read(name: string): Promise<BlockDevice | undefined> {
    const folder = this.folderOf(name);
    const sectors = await textIn(join(folder, 'size'));
    if (sectors === undefined) return undefined;
    const device = join(folder, 'device');
    const bus = await realpathOrNothing(device);
    const multipath = await this.#multipathOf(name);
    const known = { name, sizeBytes: Number(sectors) * SECTOR, multipath };
    // A loop device, of which hosts have dozens, is on no bus: there is nothing more to be read.
    if (bus === undefined) return { ...known, ...ON_NO_BUS };
    const [wwid, serialPage, designatorPage, vendor, state] = await Promise.all([
      textIn(join(device, 'wwid')),
      bytesIn(join(device, 'vpd_pg80')),
      bytesIn(join(device, 'vpd_pg83')),
      textIn(join(device, 'vendor')),
      textIn(join(device, 'state')),
    ]);
    const serial = serialPage === undefined ? undefined : unitSerialIn(serialPage);
    const designators = designatorPage === undefined ? [] : designatorsIn(designatorPage);
    const serials = [wwid, serial, ...designators].filter((text) => text !== undefined && text !== '');
    return {
      ...known,
      serials: serials.filter((text) => text !== undefined),
      vendor,
      place: placeIn(bus),
      iscsiTarget: await this.#targetOf(bus),
      isRunning: state === undefined || state === 'running',
    };
  }

  folderOf(name: string): string {
    return join(this.#paths.sys, 'block', name);
  }

  /** The path under which programs reach it: a multipath device has a name that lasts. */
  async pathOf(name: string): Promise<string> {
    const alias = await this.#mappedName(name);
    return alias === undefined ? join(this.#paths.dev, name) : join(this.#paths.dev, 'mapper', alias);
  }

  /** What multipath calls a device of its own, e.g. `mpatha`: it takes the kernel's name, `dm-0`, for another such name. */
  async aliasOf(name: string): Promise<string> {
    return (await this.#mappedName(name)) ?? name;
  }

  async #mappedName(name: string): Promise<string | undefined> {
    return await textIn(join(this.folderOf(name), 'dm/name'));
  }

  /**
   * The kernel's name of the device at a path, whatever the path is called. Rejects with `not-found` when there is
   * none, `invalid-input` when it is no block device.
   */
  async nameOf(path: string, attempted: string): Promise<string> {
    const number = await deviceNumberOf(path, attempted);
    // Where sysfs does not know the number (another namespace's), the name of the device's file is all there is.
    return (await this.nameByNumber(number)) ?? basename(await realpath(path));
  }

  /** By `major:minor`, as in the table of mounts. */
  async nameByNumber(number: string): Promise<string | undefined> {
    const folder = await realpathOrNothing(join(this.#paths.sys, 'dev/block', number));
    return folder === undefined ? undefined : basename(folder);
  }

  /** Whether the device at a path, or a path of it where it is a multipath device, comes by iSCSI. */
  async isByNetwork(path: string, attempted: string): Promise<boolean> {
    const name = await this.nameOf(path, attempted);
    const paths = await this.pathsOf(name);
    const found = await Promise.all([name, ...paths].map(async (one) => await this.read(one)));
    return found.some((device) => device?.iscsiTarget !== undefined);
  }

  async sizeOf(name: string): Promise<number | undefined> {
    const sectors = await textIn(join(this.#paths.sys, 'class/block', name, 'size'));
    return sectors === undefined ? undefined : Number(sectors) * SECTOR;
  }

  /** Kernel names of the paths of a multipath device. */
  async pathsOf(name: string): Promise<readonly string[]> {
    return await entriesOf(join(this.folderOf(name), 'slaves'));
  }

  /** A device of iSCSI lies below its session: `…/host3/session1/target3:0:0/3:0:0:1`. */
  async #targetOf(bus: string | undefined): Promise<string | undefined> {
    const session = /\/(session\d+)\//.exec(bus ?? '')?.[1];
    if (session === undefined) return undefined;
    return await textIn(join(this.#paths.sys, 'class/iscsi_session', session, 'targetname'));
  }

  async #multipathOf(name: string): Promise<string | undefined> {
    const holders = await entriesOf(join(this.folderOf(name), 'holders'));
    for (const holder of [name, ...holders].filter((one) => one.startsWith(MAPPED))) {
      const uuid = await textIn(join(this.folderOf(holder), 'dm/uuid'));
      if (uuid?.startsWith('mpath-') === true) return holder;
    }
    return undefined;
  }
}

function placeIn(bus: string | undefined): ScsiPlace | undefined {
  const found = /^(\d+):(\d+):(\d+):(\d+)$/.exec(basename(bus ?? ''));
  if (found === null) return undefined;
  const [host = 0, channel = 0, target = 0, lun = 0] = found.slice(1).map(Number);
  return { host, channel, target, lun };
}

/** `major:minor` of a block device's file. Rejects with `not-found`, or `invalid-input` when it is another file. */
export async function deviceNumberOf(path: string, attempted: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    if (!hasSystemCode(error, 'ENOENT', 'ENOTDIR')) throw OperationError.from(error, attempted);
    return undefined;
  });
  if (found === undefined) {
    throw new OperationError({ code: 'not-found', attempted, problem: `there is no device ${path}` });
  }
  if (!found.isBlockDevice()) {
    throw new OperationError({ code: 'invalid-input', attempted, problem: `${path} is no block device` });
  }
  return numberIn(found.rdev);
}

/** A device number as the kernel writes it in texts. The C library's packing: major in bits 8 to 19 and 32 to 63. */
export function numberIn(device: number): string {
  const bits = BigInt(device);
  const major = ((bits >> 8n) & 0xfffn) | ((bits >> 32n) & 0xfffff000n);
  const minor = (bits & 0xffn) | ((bits >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

/** Names in a folder, sorted; none when it is not there. */
export async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}

/** A file of sysfs, trimmed; undefined when it cannot be read, which for many attributes is an answer. */
export async function textIn(path: string): Promise<string | undefined> {
  const bytes = await bytesIn(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8').trim();
}

async function bytesIn(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

export async function realpathOrNothing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
