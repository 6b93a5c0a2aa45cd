import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { exclusively, openDevice, unreadable } from '../devices/device-file.js';

/*
 * A format that is killed leaves a device that is no more blank and holds nothing yet: without a signature (mkfs.ext4
 * writes the superblock last), or with one that promises more than there is (mkfs.xfs writes it first). So that the next
 * format can tell this from data, a mark stands on the device from before mkfs starts until all is on the disk:
 *
 *     0                                  size - 1 MiB                          size
 *     | file system                      | mark, 4 KiB | zeros ...             |
 *
 * The file system is made so much smaller than the device that no mkfs writes to the mark; the first growth takes that
 * place, too. The mark counts only while it lies outside of the file system, where no user's file can be: none of the
 * bytes that make up a volume's content can ever say that it is blank.
 */

/** So much at either end has to be zeros; every file system, volume manager and partition table has something there. */
export const END_SIZE = 1 << 20;
const MARK_SIZE = 4096;
/** So much is read or written at once: ten volumes that are mounted together must not need tens of MiB for it. */
const CHUNK = 1 << 17;
const ZEROS = Buffer.alloc(CHUNK);
const MARK = Buffer.alloc(MARK_SIZE);
MARK.write('nutanix-volume: being formatted', 'latin1');

/** So long is the file system that is made on a device, bytes: a multiple of 4096, as both mkfs want it. */
export function filesystemSizeOn(sizeBytes: number): number {
  return Math.floor((sizeBytes - END_SIZE) / 4096) * 4096;
}

/** True when the device bears the mark, and what blkid has found there, if anything, ends before it. */
export function isUnfinished({ superblock, mark, sizeBytes }: DeviceEnds): boolean {
  return mark.equals(MARK) && (filesystemEndIn(superblock) ?? 0) <= sizeBytes - END_SIZE;
}

/**
 * Where the file system ends by its own superblock, bytes from the device's start; undefined = there is neither of both.
 *
 *     xfs, big endian        0  "XFSB"            4  size of a block, 32 bits    8  blocks, 64 bits
 *     ext4, little endian    1024 + 56  53 ef     + 24  block = 1024 << n        + 4, + 336  blocks, 32 low and high bits
 */
function filesystemEndIn(start: Buffer): number | undefined {
  if (start.length < 2048) return undefined;
  if (start.toString('latin1', 0, 4) === 'XFSB')
    return start.readUInt32BE(4) * Number(start.readBigUInt64BE(8));
  const superblock = start.subarray(1024);
  if (superblock.readUInt16LE(56) !== 0xef53) return undefined;
  const blocks = superblock.readUInt32LE(4) + superblock.readUInt32LE(336) * 2 ** 32;
  return blocks * 1024 * 2 ** superblock.readUInt32LE(24);
}

/** What the first and the last MiB of a device hold, which overlap where it is smaller than two. */
export interface DeviceEnds {
  /** The first bytes. */
  readonly superblock: Buffer;
  /** Those where the mark is, if there is one. */
  readonly mark: Buffer;
  /** Where the first byte is that is not zero, from the device's start; undefined = both ends are zeros. */
  readonly firstByte: number | undefined;
  readonly sizeBytes: number;
}

export async function readEnds(device: string, sizeBytes: number, attempted: string): Promise<DeviceEnds> {
  const file = await openDevice(device, constants.O_RDONLY, attempted);
  try {
    const size = Math.min(END_SIZE, sizeBytes);
    const start = await readEnd(file, 0, size);
    const end = await readEnd(file, sizeBytes - size, size);
    const mark = size === END_SIZE ? end.first : Buffer.alloc(0);
    return { superblock: start.first, mark, firstByte: start.firstByte ?? end.firstByte, sizeBytes };
  } catch (error) {
    throw unreadable(error, attempted);
  } finally {
    await file.close();
  }
}

/** Writes the mark, exclusively: a device that is mounted, or that another mkfs has, is refused as `conflict`. */
export async function writeMark(device: string, sizeBytes: number, attempted: string): Promise<void> {
  await exclusively(device, attempted, async (file) => await write(file, sizeBytes - END_SIZE, MARK));
}

export async function wipeMark(device: string, sizeBytes: number, attempted: string): Promise<void> {
  await exclusively(device, attempted, async (file) => await wipe(file, sizeBytes - END_SIZE, MARK_SIZE));
}

/** Zeros what an unfinished format has left, so that mkfs needs no force. The mark stays. */
export async function wipeUnfinished(device: string, sizeBytes: number, attempted: string): Promise<void> {
  await exclusively(device, attempted, async (file) => {
    await wipe(file, 0, END_SIZE);
    await wipe(file, sizeBytes - END_SIZE + MARK_SIZE, END_SIZE - MARK_SIZE);
  });
}

async function wipe(file: FileHandle, position: number, size: number): Promise<void> {
  for (let done = 0; done < size; done += CHUNK) {
    await write(file, position + done, ZEROS.subarray(0, Math.min(CHUNK, size - done)));
  }
}

async function write(file: FileHandle, position: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** Reads all of one end; rejects where the device cannot be read. */
async function readEnd(
  file: FileHandle,
  position: number,
  size: number,
): Promise<{ readonly first: Buffer; readonly firstByte: number | undefined }> {
  const buffer = Buffer.alloc(Math.min(CHUNK, size));
  let first: Buffer | undefined;
  let firstByte: number | undefined;
  for (let done = 0; done < size; done += buffer.length) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, size - done));
    await fill(file, chunk, position + done);
    first ??= Buffer.from(chunk.subarray(0, MARK_SIZE));
    // Compared as a whole first: one look at a time takes a hundred times as long.
    if (firstByte !== undefined || chunk.equals(ZEROS.subarray(0, chunk.length))) continue;
    firstByte = position + done + chunk.findIndex((byte) => byte !== 0);
  }
  return { first: first ?? Buffer.alloc(0), firstByte };
}

async function fill(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new Error(`the device ends at byte ${position + done}`);
    done += bytesRead;
  }
}
