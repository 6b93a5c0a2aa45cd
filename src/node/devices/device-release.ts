import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSystemCode, OperationError } from '../../support/index.js';
import type { CommandRunner } from '../command/command-runner.js';
import { demandUnused } from './device-file.js';
import type { BlockDevices } from './block-devices.js';

/**
 * Flushes a disk's device and takes away what the kernel keeps of it: first the multipath device, then each path.
 * Rejects with `conflict` while it is mounted or open.
 */
export async function releaseDisk(
  device: string,
  runner: CommandRunner,
  devices: BlockDevices,
  signal: AbortSignal,
): Promise<void> {
  const attempted = `release ${device}`;
  const name = await devices.nameOf(device, attempted);
  // The kernel would take away a disk that is mounted without a word.
  await demandUnused(device, attempted);
  await runner.run({ program: 'blockdev', args: ['--flushbufs', device], attempted, signal });
  const multipath = (await devices.read(name))?.multipath;
  const paths = multipath === undefined ? [name] : await devices.pathsOf(multipath);
  if (multipath !== undefined) {
    // It refuses to take away one that is open.
    await runner.run({ program: 'multipath', args: ['-f', multipath], attempted, signal });
  }
  for (const path of paths) await deletePath(join(devices.folderOf(path), 'device/delete'), attempted);
}

async function deletePath(file: string, attempted: string): Promise<void> {
  try {
    await writeFile(file, '1', { flag: 'r+' });
  } catch (error) {
    // What is on no SCSI bus cannot be deleted, and a device that is gone meanwhile need not be.
    if (!hasSystemCode(error, 'ENOENT', 'ENODEV')) throw OperationError.from(error, attempted);
  }
}
