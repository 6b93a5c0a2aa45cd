import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestDisk, GuestSpec } from '../simulator/index.js';
import { writeConfigDrive } from './config-drive.js';
import type { GuestImage } from './guest-image.js';
import { runProgram } from './programs.js';
import { isThere } from '../support/index.js';

/** A disk of the VM itself, as a file. */
export interface DiskFile {
  readonly disk: GuestDisk;
  readonly path: string;
  readonly format: 'raw' | 'qcow2';
}

/** What one VM keeps on disk over its power cycles. */
export class VmFiles {
  /** File of what the guest has said on its serial line since it was switched on. */
  readonly console: string;
  readonly #folder: string;
  readonly #image: GuestImage;

  constructor(folder: string, image: GuestImage) {
    this.console = join(folder, 'console');
    this.#folder = folder;
    this.#image = image;
  }

  /** Makes what is missing: the system disk out of the image, the others blank. */
  async prepareDisks(spec: GuestSpec): Promise<readonly DiskFile[]> {
    await mkdir(this.#folder, { recursive: true });
    const files: DiskFile[] = [];
    for (const disk of spec.disks.filter(({ volumeGroupUuid }) => volumeGroupUuid === undefined)) {
      files.push(files.length === 0 ? await this.#systemDisk(disk) : await this.#blankDisk(disk));
    }
    return files;
  }

  /** Resolves with the file of the CD. */
  async prepareConfigDrive(spec: GuestSpec): Promise<string> {
    const path = join(this.#folder, 'config-drive.iso');
    await writeConfigDrive(spec, path);
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A layer on the image, which all guests share. A disk is never smaller than the image. */
  async #systemDisk(disk: GuestDisk): Promise<DiskFile> {
    const path = join(this.#folder, `${disk.uuid}.qcow2`);
    const attempted = `make system disk ${disk.uuid}`;
    const size = String(Math.max(disk.sizeBytes, this.#image.diskBytes));
    const made = ['create', '-q', '-f', 'qcow2', '-b', this.#image.disk, '-F', 'raw', path, size];
    const args = (await isThere(path)) ? ['resize', '-q', '-f', 'qcow2', path, size] : made;
    await runProgram('qemu-img', { args, attempted });
    return { disk, path, format: 'qcow2' };
  }

  async #blankDisk(disk: GuestDisk): Promise<DiskFile> {
    const path = join(this.#folder, `${disk.uuid}.img`);
    await writeFile(path, '', { flag: 'a' });
    await truncate(path, disk.sizeBytes);
    return { disk, path, format: 'raw' };
  }
}
