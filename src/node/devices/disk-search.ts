import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OperationError } from '../../support/index.js';
import type { NodePaths } from '../node-paths.js';
import type { DiskAddress } from '../storage-node.js';
import { entriesOf, realpathOrNothing, type BlockDevice, type BlockDevices } from './block-devices.js';
import { namesDisk } from './scsi-identity.js';

const VENDOR = 'NUTANIX';

/** A device that may be the disk: `path` is what is used, `name` the kernel's. */
interface Candidate {
  readonly name: string;
  readonly path: string;
}

/** Tells which block device a disk is, by what the disk says of itself; never by the kernel's name. */
export class DiskSearch {
  readonly #paths: NodePaths;
  readonly #devices: BlockDevices;

  constructor(paths: NodePaths, devices: BlockDevices) {
    this.#paths = paths;
    this.#devices = devices;
  }

  /**
   * The path of the disk's device as it is now, its multipath device first; undefined = it is not there. Rejects with
   * `ambiguous` when two devices fit: a guess could cost data.
   *
   * 1. The serial names the disk: by sysfs, or by a link of udev in /dev/disk/by-id.
   * 2. No device says so: the place on the bus, the vendor and the exact size fit, and the device tells no serial.
   */
  async see(disk: DiskAddress): Promise<string | undefined> {
    const devices = (await this.#devices.list()).filter((device) => device.isRunning && device.sizeBytes > 0);
    const bySerial = devices.filter(({ serials }) =>
      serials.some((serial) => namesDisk(serial, disk.diskId)),
    );
    const found = [...(await this.#candidates(bySerial)), ...(await this.#byLinks(disk, devices))];
    const byPlace = found.length > 0 ? [] : devices.filter((device) => fitsPlace(device, disk));
    const all = new Map([...found, ...(await this.#candidates(byPlace))].map((one) => [one.name, one]));
    const [only, other] = all.values();
    if (other !== undefined) throw severalFit(disk, [...all.values()]);
    if (only === undefined || !(await isThere(only.path))) return undefined;
    return only.path;
  }

  async #candidates(devices: readonly BlockDevice[]): Promise<readonly Candidate[]> {
    const names = new Set(devices.map(({ name, multipath }) => multipath ?? name));
    return await Promise.all(
      [...names].map(async (name) => ({ name, path: await this.#devices.pathOf(name) })),
    );
  }

  /**
   * What the links of udev name, e.g. `scsi-1NUTANIX_NFS_1_0_5100_<id>`. A link whose device says in sysfs that it is
   * another disk is one that udev has not taken away yet.
   */
  async #byLinks(disk: DiskAddress, devices: readonly BlockDevice[]): Promise<readonly Candidate[]> {
    const folder = join(this.#paths.dev, 'disk/by-id');
    const links = (await entriesOf(folder)).filter(
      (link) => link.toUpperCase().includes(VENDOR) && namesDisk(link, disk.diskId),
    );
    const targets = await Promise.all(links.map(async (link) => await realpathOrNothing(join(folder, link))));
    const candidates: Candidate[] = [];
    for (const path of new Set(targets.filter((target) => target !== undefined))) {
      const device = devices.find(({ name }) => name === basename(path));
      if (device !== undefined && device.multipath === undefined && device.serials.length > 0) continue;
      if (device === undefined) candidates.push({ name: basename(path), path });
      else candidates.push(...(await this.#candidates([device])));
    }
    return candidates;
  }
}

function fitsPlace({ place, vendor, sizeBytes, serials }: BlockDevice, disk: DiskAddress): boolean {
  if (disk.kind !== 'vm' || disk.scsiTarget === undefined || serials.length > 0) return false;
  const isThere = place?.target === disk.scsiTarget && place.lun === disk.lun;
  return isThere && vendor?.toUpperCase() === VENDOR && sizeBytes === disk.sizeBytes;
}

function severalFit(disk: DiskAddress, candidates: readonly Candidate[]): OperationError {
  const names = candidates.map(({ path }) => path).join(' and ');
  return new OperationError({
    code: 'ambiguous',
    attempted: `find the device of disk ${disk.diskId}`,
    problem: `${names} both say that they are this disk; none is used`,
    advice:
      'If they are paths of one disk, start multipathd; if one is left over from before, take it away: echo 1 > /sys/block/NAME/device/delete.',
  });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
