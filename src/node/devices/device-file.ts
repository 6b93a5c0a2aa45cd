import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { hasCode, hasSystemCode, OperationError } from '../../support/index.js';

/** Rejects with `conflict` when the device is mounted, or when another program has it for itself; one that is dead passes. */
export async function demandUnused(device: string, attempted: string): Promise<void> {
  try {
    const file = await openDevice(device, constants.O_RDONLY | constants.O_EXCL, attempted);
    await file.close();
  } catch (error) {
    if (hasCode(error, 'conflict')) throw error;
  }
}

/** Does `work` with the device while no other program can have it for itself, and brings what it wrote to the disk. */
export async function exclusively(
  device: string,
  attempted: string,
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await openDevice(device, constants.O_RDWR | constants.O_EXCL, attempted);
  try {
    await work(file);
    await file.sync();
  } catch (error) {
    throw unreadable(error, attempted);
  } finally {
    await file.close();
  }
}

/** Rejects with `conflict` when the device is in use, `not-found` when it is gone, else `unavailable`. */
export async function openDevice(device: string, flags: number, attempted: string): Promise<FileHandle> {
  try {
    return await open(device, flags);
  } catch (error) {
    if (hasSystemCode(error, 'EBUSY')) {
      const problem = 'the device is in use: it is mounted, or another program works on it';
      throw new OperationError({ code: 'conflict', attempted, problem, cause: error });
    }
    if (hasSystemCode(error, 'ENOENT', 'ENXIO', 'ENODEV')) {
      throw new OperationError({ code: 'not-found', attempted, problem: 'the device is gone', cause: error });
    }
    throw unreadable(error, attempted);
  }
}

export function unreadable(error: unknown, attempted: string): OperationError {
  if (error instanceof OperationError) return error;
  const problem = error instanceof Error ? error.message : String(error);
  const advice = "Look into the kernel's log (dmesg): the disk or the way to it may be gone.";
  return new OperationError({ code: 'unavailable', attempted, problem, advice, cause: error });
}
