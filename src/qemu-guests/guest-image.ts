import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { OperationError } from '../support/index.js';

/** What guests boot from, as scripts/qemu-guest/build.sh makes it. */
export interface GuestImage {
  /** The root file system, on a disk without partitions; never written to. */
  readonly disk: string;
  readonly diskBytes: number;
  readonly kernel: string;
  readonly initrd: string;
}

/** Rejects with an OperationError when the folder is none of a guest image. */
export async function readGuestImage(folder: string): Promise<GuestImage> {
  const [disk, kernel, initrd] = [
    resolve(folder, 'root.img'),
    resolve(folder, 'vmlinuz'),
    resolve(folder, 'initrd'),
  ];
  try {
    const [{ size: diskBytes }] = [await stat(disk), await stat(kernel), await stat(initrd)];
    return { disk, diskBytes, kernel, initrd };
  } catch (error) {
    throw new OperationError({
      code: 'invalid-input',
      attempted: `read the guest image ${folder}`,
      problem: error instanceof Error ? error.message : String(error),
      advice: 'Name the folder that "make qemu-guest-image" prints with --guest-image.',
      cause: error,
    });
  }
}
