import { basename, join } from 'node:path';
import { isThere, OperationError } from '../../support/index.js';
import type { DiskAddress } from '../storage-node.js';
import { entriesOf, realpathOrNothing, type BlockDevice } from './block-devices.js';
import { namesAnotherDisk, namesDisk, namesTarget } from './scsi-identity.js';
import type { NodeTools } from './node-tools.js';

const VENDOR = 'NUTANIX';

/** A device: `path` is what is used, `name` the kernel's. */
export interface NamedDevice {
  readonly name: string;
  readonly path: string;
}

/** Tells which block device a disk is, by what the disk says of itself; never by the kernel's name. */
export class DiskSearch {
  readonly #tools: NodeTools;

  constructor(tools: NodeTools) {
    this.#tools = tools;
  }

  /**
   * The disk's device as it is now, its multipath device first; undefined = it is not there. Rejects with
   * `ambiguous` when two devices fit: a guess could cost data.
   *
   * 1. The serial names the disk: by sysfs, or by a link of udev in /dev/disk/by-id.
   * 2. No device says so: target and LUN fit, and the device says nothing else. For a disk of a VM, whose targets are
   *    mere numbers, vendor and exact size have to fit, too, and the device tells no serial at all.
   */
  async see(disk: DiskAddress): Promise<NamedDevice | undefined> {
    const all = await this.#tools.devices.list();
    const devices = all.filter(isUsable);
    const bySerial = devices.filter(({ serials }) =>
      serials.some((serial) => namesDisk(serial, disk.diskId)),
    );
    const found = [...(await this.#candidates(bySerial)), ...(await this.#byLinks(disk, all))];
    const byPlace = found.length > 0 ? [] : devices.filter((device) => fitsPlace(device, disk));
    const distinct = new Map([...found, ...(await this.#candidates(byPlace))].map((one) => [one.name, one]));
    const [only, other] = distinct.values();
    if (other !== undefined) throw severalFit(disk, [...distinct.values()]);
    return only !== undefined && (await isThere(only.path)) ? only : undefined;
  }

  /** All that the kernel still has of the disk, also what answers no more. */
  async remains(disk: DiskAddress): Promise<readonly BlockDevice[]> {
    const devices = await this.#tools.devices.list();
    const bySerial = devices.filter(({ serials }) =>
      serials.some((serial) => namesDisk(serial, disk.diskId)),
    );
    return bySerial.length > 0 ? bySerial : devices.filter((device) => fitsPlace(device, disk));
  }

  async #candidates(devices: readonly BlockDevice[]): Promise<readonly NamedDevice[]> {
    const names = new Set(devices.map(({ name, multipath }) => multipath ?? name));
    return await Promise.all(
      [...names].map(async (name) => ({ name, path: await this.#tools.devices.pathOf(name) })),
    );
  }

  /**
   * What the links of udev name, e.g. `scsi-1NUTANIX_NFS_1_0_5100_<id>`. A link whose device says in sysfs that it is
   * another disk is one that udev has not taken away yet.
   */
  async #byLinks(disk: DiskAddress, devices: readonly BlockDevice[]): Promise<readonly NamedDevice[]> {
    const folder = join(this.#tools.paths.dev, 'disk/by-id');
    const links = (await entriesOf(folder)).filter(
      (link) => link.toUpperCase().includes(VENDOR) && namesDisk(link, disk.diskId),
    );
    const targets = await Promise.all(links.map(async (link) => await realpathOrNothing(join(folder, link))));
    const candidates: NamedDevice[] = [];
    for (const path of new Set(targets.filter((target) => target !== undefined))) {
      const device = devices.find(({ name }) => name === basename(path));
      if (device !== undefined && device.multipath === undefined && device.serials.length > 0) continue;
      if (device !== undefined && !isUsable(device)) continue;
      if (device === undefined) candidates.push({ name: basename(path), path });
      else candidates.push(...(await this.#candidates([device])));
    }
    return candidates;
  }
}

/** One that the kernel has given up, or that is empty, as a loop device without file, is as good as not there. */
function isUsable({ isRunning, sizeBytes }: BlockDevice): boolean {
  return isRunning && sizeBytes > 0;
}

function fitsPlace(device: BlockDevice, disk: DiskAddress): boolean {
  const { place, vendor, sizeBytes, serials, iscsiTarget } = device;
  if (place?.lun !== disk.lun) return false;
  if (disk.kind === 'iscsi') {
    const isOurs = iscsiTarget !== undefined && namesTarget(iscsiTarget, disk.targetName);
    return isOurs && !serials.some((serial) => namesAnotherDisk(serial, disk.diskId));
  }
  const isThere =
    disk.scsiTarget !== undefined && place.target === disk.scsiTarget && iscsiTarget === undefined;
  const isAlike = vendor?.toUpperCase() === VENDOR && sizeBytes === disk.sizeBytes;
  return isThere && isAlike && serials.length === 0;
}

function severalFit(disk: DiskAddress, candidates: readonly NamedDevice[]): OperationError {
  const names = candidates.map(({ path }) => path).join(' and ');
  return new OperationError({
    code: 'ambiguous',
    attempted: `find the device of disk ${disk.diskId}`,
    problem: `${names} both say that they are this disk; none is used`,
    advice:
      'If they are paths of one disk, start multipathd; if one is left over from before, take it away: echo 1 > /sys/block/NAME/device/delete.',
  });
}
