import { join } from 'node:path';
import { hasCode, hasSystemCode, OperationError } from '../../support/index.js';
import type { CommandRunner } from '../command/command-runner.js';
import type { BlockDevice } from './block-devices.js';
import { demandUnused } from './device-file.js';
import type { NodeTools } from './node-tools.js';
import { writeSysfs } from './sysfs-write.js';

/**
 * Flushes a disk's devices and takes away what the kernel keeps of them: first the multipath device, then each path.
 * Rejects with `conflict` while one is mounted or open.
 */
export async function releaseDisk(
  remains: readonly BlockDevice[],
  attempted: string,
  { runner, devices }: NodeTools,
  signal: AbortSignal,
): Promise<void> {
  const maps = new Set(remains.flatMap(({ multipath }) => multipath ?? []));
  const tops = new Set(remains.map(({ name, multipath }) => multipath ?? name));
  // The kernel would take away a disk that is mounted without a word: all are looked at before one is touched.
  for (const top of tops) await demandUnused(await devices.pathOf(top), attempted);
  for (const top of tops) await flush(await devices.pathOf(top), attempted, runner, signal);
  const paths = new Set(remains.map(({ name }) => name).filter((name) => !maps.has(name)));
  for (const map of maps) {
    for (const path of await devices.pathsOf(map)) paths.add(path);
    await runner.run({ program: 'multipath', args: ['-f', await devices.aliasOf(map)], attempted, signal });
  }
  for (const path of paths) await deletePath(join(devices.folderOf(path), 'device/delete'), attempted);
}

/** What was mounted has been flushed by its unmount; a device that is dead must not keep the rest from being taken away. */
async function flush(
  device: string,
  attempted: string,
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<void> {
  try {
    await runner.run({ program: 'blockdev', args: ['--flushbufs', device], attempted, signal });
  } catch (error) {
    if (!hasCode(error, 'task-failed')) throw error;
  }
}

async function deletePath(file: string, attempted: string): Promise<void> {
  try {
    await writeSysfs(file, '1');
  } catch (error) {
    // What is on no SCSI bus cannot be deleted, and a device that is gone meanwhile need not be.
    if (!hasSystemCode(error, 'ENOENT', 'ENODEV')) throw OperationError.from(error, attempted);
  }
}
