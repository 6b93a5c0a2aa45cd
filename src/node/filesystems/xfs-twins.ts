import { constants } from 'node:fs';
import { OperationError } from '../../support/index.js';
import type { BlockDevices } from '../devices/block-devices.js';
import { openDevice } from '../devices/device-file.js';
import type { MountEntry } from '../storage-node.js';

/** In xfs's superblock: 0 "XFSB", 32 the UUID, 16 bytes. */
const UUID_OFFSET = 32;
const UUID_SIZE = 16;

/**
 * True when an xfs with the same UUID is mounted from another disk: a copy of the volume, or what it is a copy of. The
 * kernel then mounts this one with `nouuid` only. Rejects with `conflict` when it is the same disk by another path.
 */
export async function hasMountedTwin(
  device: string,
  uuid: string,
  mounts: readonly MountEntry[],
  devices: BlockDevices,
  attempted: string,
): Promise<boolean> {
  const name = await devices.nameOf(device, attempted);
  const own = await devices.read(name);
  const numbers = new Set(mounts.filter(({ type }) => type === 'xfs').map((entry) => entry.device));
  for (const number of numbers) {
    const other = await devices.nameByNumber(number);
    if (other === undefined || other === name) continue;
    if ((await uuidOn(await devices.pathOf(other), attempted)) !== uuid) continue;
    const serials = (await devices.read(other))?.serials ?? [];
    if (own?.serials.some((serial) => serials.includes(serial)) === true) {
      const problem = `another path of this disk, ${other}, is mounted`;
      throw new OperationError({ code: 'conflict', attempted, problem });
    }
    return true;
  }
  return false;
}

async function uuidOn(device: string, attempted: string): Promise<string | undefined> {
  try {
    const file = await openDevice(device, constants.O_RDONLY, attempted);
    try {
      const { buffer } = await file.read(Buffer.alloc(UUID_SIZE), 0, UUID_SIZE, UUID_OFFSET);
      return buffer.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
