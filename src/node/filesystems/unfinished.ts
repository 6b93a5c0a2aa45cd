import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { exclusively, openDevice, unreadable } from '../devices/device-file.js';

/*
 * A format that is killed leaves a device that is no more blank and holds nothing yet. Three signs tell it from a
 * device with data, so that the next format goes on instead of giving up:
 *
 *   1. ext4: before mkfs starts, a mark is written where the superblock will be. mkfs.ext4 writes the superblock last.
 *   2. xfs: mkfs.xfs writes the superblock first, and zeros before it. It needs no mark.
 *   3. Both: the file system bears a label of ours until it is complete and on the disk; the last step renames it.
 *
 * No user of a mounted file system can write to these places, and none is ever mounted with that label.
 */

/** Label of a file system that is being made. */
export const UNFINISHED_LABEL = 'nvol-making';

/** Both superblocks lie in the first 2 KiB: xfs at 0, ext4 at 1024. */
const SUPERBLOCKS = 2048;
/**
 * The mark, in place of ext4's superblock:
 *
 *     1024                                              2048
 *     | "nutanix-volume: being formatted" | zeros ...   |
 */
const MARK_OFFSET = 1024;
const MARK_SIZE = 1024;
const MARK = Buffer.alloc(MARK_SIZE);
MARK.write('nutanix-volume: being formatted', 'latin1');

/** So much at either end has to be zeros; every file system, volume manager and partition table has something there. */
export const END_SIZE = 1 << 20;

export function bearsMark(start: Uint8Array): boolean {
  return Buffer.from(start)
    .subarray(MARK_OFFSET, MARK_OFFSET + MARK_SIZE)
    .equals(MARK);
}

/** Where the first byte is that is not zero, from the device's start; undefined = both ends are zeros. */
export function firstByteIn({ start, end, sizeBytes }: DeviceEnds): number | undefined {
  const inStart = firstIn(start);
  if (inStart !== undefined) return inStart;
  const inEnd = firstIn(end);
  return inEnd === undefined ? undefined : sizeBytes - end.length + inEnd;
}

function firstIn(bytes: Uint8Array): number | undefined {
  // Compared as a whole first: one look at a time takes a hundred times as long.
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).equals(Buffer.alloc(bytes.length)))
    return undefined;
  return bytes.findIndex((byte) => byte !== 0);
}

/** The first and the last MiB of a device, which overlap where it is smaller than two. */
export interface DeviceEnds {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  readonly sizeBytes: number;
}

export async function readEnds(device: string, sizeBytes: number, attempted: string): Promise<DeviceEnds> {
  const file = await openDevice(device, constants.O_RDONLY, attempted);
  try {
    const size = Math.min(END_SIZE, sizeBytes);
    const start = await read(file, 0, size);
    const end = await read(file, sizeBytes - size, size);
    return { start, end, sizeBytes };
  } catch (error) {
    throw unreadable(error, attempted);
  } finally {
    await file.close();
  }
}

/** Writes the mark, exclusively: a device that is mounted, or that another mkfs has, is refused as `conflict`. */
export async function writeMark(device: string, attempted: string): Promise<void> {
  await exclusively(device, attempted, async (file) => {
    await file.write(MARK, 0, MARK.length, MARK_OFFSET);
  });
}

/** Zeros what an unfinished format has left, so that mkfs needs no force. The signs go last. */
export async function wipeUnfinished(device: string, sizeBytes: number, attempted: string): Promise<void> {
  const size = Math.min(END_SIZE, sizeBytes);
  const zeros = Buffer.alloc(size);
  await exclusively(device, attempted, async (file) => {
    await file.write(zeros, 0, size, sizeBytes - size);
    await file.write(zeros, SUPERBLOCKS, size - SUPERBLOCKS, SUPERBLOCKS);
    await file.sync();
    await file.write(zeros, 0, SUPERBLOCKS, 0);
  });
}

async function read(file: FileHandle, position: number, size: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(size);
  for (let done = 0; done < size;) {
    const { bytesRead } = await file.read(buffer, done, size - done, position + done);
    if (bytesRead === 0) throw new Error(`the device ends at byte ${position + done}`);
    done += bytesRead;
  }
  return buffer;
}
