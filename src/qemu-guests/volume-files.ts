import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VolumeContents } from '../simulator/index.js';
import { runProgram } from './programs.js';
import { isThere } from '../support/index.js';

/** What the disks of volume groups hold: sparse files, one a disk, attached or not. */
export class VolumeFiles implements VolumeContents {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(diskUuid: string): string {
    return join(this.#folder, `${diskUuid}.img`);
  }

  /** The file, blank if nothing has been written to it, as long as the disk. */
  async provide(diskUuid: string, sizeBytes: number): Promise<string> {
    const path = this.pathOf(diskUuid);
    await writeFile(path, '', { flag: 'a', mode: 0o600 });
    await truncate(path, sizeBytes);
    return path;
  }

  /** What a guest has written is in the file as soon as QEMU has answered the guest. */
  async copy(from: string, to: string): Promise<void> {
    const [source, target] = [this.pathOf(from), this.pathOf(to)];
    if (!(await isThere(source))) {
      await rm(target, { force: true });
      return;
    }
    const args = ['--sparse=always', '--reflink=auto', '--', source, target];
    await runProgram('cp', { args, attempted: `copy disk ${from} of a volume group` });
  }

  async remove(uuids: readonly string[]): Promise<void> {
    for (const uuid of uuids) await rm(this.pathOf(uuid), { force: true });
  }
}
