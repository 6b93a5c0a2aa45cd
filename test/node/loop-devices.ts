import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorageNode } from '../../src/node/index.js';

const PACKAGES = ['xfsprogs', 'e2fsprogs', 'mount', 'util-linux'];

/** Tests that need real block devices are skipped where there are none, and say so in one line. */
export const hasLoopDevices = ((): boolean => {
  const isRoot = process.getuid?.() === 0 && existsSync('/dev/loop-control');
  if (!isRoot)
    process.stderr.write('skipped: tests with real block devices need root and /dev/loop-control\n');
  return isRoot;
})();

export const describeWithLoops = hasLoopDevices ? describe : describe.skip;

/** Runs a program of the system and resolves with its output; throws with its stderr. */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Real block devices over sparse files, and a folder for mounts; `free` leaves nothing. */
export class LoopDevices {
  readonly folder = mkdtempSync(join(tmpdir(), 'storage-node-'));
  readonly node = createStorageNode();
  readonly signal = new AbortController().signal;
  readonly #devices = new Set<string>();
  #count = 0;

  /** Installs the packages whose programs the tests call, unless they are there. */
  static install(...others: string[]): void {
    run('bash', 'scripts/install-packages.sh', ...PACKAGES, ...others);
  }

  /** A blank device. */
  make(sizeBytes = 320 << 20): string {
    const file = this.fileOf((this.#count += 1));
    writeFileSync(file, '');
    truncateSync(file, sizeBytes);
    const device = run('losetup', '--find', '--show', file).trim();
    this.#devices.add(device);
    return device;
  }

  fileOf(number = this.#count): string {
    return join(this.folder, `disk-${number}`);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Takes a device away; its file stays. */
  detach(device: string): void {
    run('losetup', '--detach', device);
    this.#devices.delete(device);
  }

  async free(): Promise<void> {
    const mounted = (await this.node.mounts()).filter(({ target }) => target.startsWith(this.folder));
    for (const { target } of mounted.reverse()) run('umount', '--lazy', target);
    for (const device of this.#devices) run('losetup', '--detach', device);
    rmSync(this.folder, { recursive: true });
  }
}
