import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSystemCode, OperationError } from '../../support/index.js';
import type { CommandRunner } from '../command/command-runner.js';
import type { FilesystemUse, MountEntry } from '../storage-node.js';
import type { NodeTools } from '../devices/node-tools.js';
import { writeSysfs } from '../devices/sysfs-write.js';

/** Makes the kernel ask for the size of a disk again, of each path where there are several; resolves with it, bytes. */
export async function rescanDevice(device: string, tools: NodeTools, signal: AbortSignal): Promise<number> {
  const { runner, devices } = tools;
  const attempted = `read the size of ${device} again`;
  const name = await devices.nameOf(device, attempted);
  const paths = await devices.pathsOf(name);
  for (const one of paths.length === 0 ? [name] : paths) {
    await rescanOne(one, device, attempted, tools, signal);
  }
  const found = await devices.read(name);
  if (found?.multipath === name) {
    await runner.run({
      program: 'multipathd',
      args: ['resize', 'map', await devices.aliasOf(name)],
      attempted,
      signal,
    });
  }
  const size = await devices.sizeOf(name);
  if (size !== undefined && size > 0) return size;
  throw new OperationError({ code: 'not-found', attempted, problem: 'the kernel knows no such device' });
}

async function rescanOne(
  name: string,
  device: string,
  attempted: string,
  { runner, devices }: NodeTools,
  signal: AbortSignal,
): Promise<void> {
  // The kernel names loop devices so; one has no bus, it follows its file.
  if (/^loop\d+$/.test(name)) {
    await runner.run({ program: 'losetup', args: ['--set-capacity', device], attempted, signal });
    return;
  }
  try {
    await writeSysfs(join(devices.folderOf(name), 'device/rescan'), '1');
  } catch (error) {
    // What is on no bus that can be asked (virtio) tells the kernel its new size by itself.
    if (!hasSystemCode(error, 'ENOENT')) throw OperationError.from(error, attempted);
  }
}

/** Grows a mounted file system to its device's end, while it is used; one that is there already is success. */
export async function growMounted(
  entry: MountEntry,
  device: string,
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<void> {
  const attempted = `grow the file system at ${entry.target}`;
  if (entry.type === 'xfs') {
    await runner.run({ program: 'xfs_growfs', args: ['-d', entry.target], attempted, signal });
    return;
  }
  if (entry.type === 'ext4') {
    try {
      await runner.run({ program: 'resize2fs', args: [device], attempted, signal });
    } catch (error) {
      throw withoutCapability(error);
    }
    return;
  }
  const problem = `it is of type ${entry.type}; xfs and ext4 can be grown`;
  throw new OperationError({ code: 'unsupported', attempted, problem });
}

/** The kernel grows a mounted ext4 for a process with this capability only, which containers lack. */
function withoutCapability(error: unknown): unknown {
  if (!(error instanceof OperationError) || !error.problem.includes('Permission denied to resize'))
    return error;
  const advice =
    'A mounted ext4 is grown with the capability CAP_SYS_RESOURCE only: give it to this process, or use xfs.';
  return error.with({ code: 'permission-denied', advice });
}

/** Sizes and inodes of the file system at a path. */
export async function filesystemUse(path: string): Promise<FilesystemUse> {
  const attempted = `read the use of the file system at ${path}`;
  try {
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
    return {
      totalBytes: blocks * bsize,
      usedBytes: (blocks - bfree) * bsize,
      availableBytes: bavail * bsize,
      totalInodes: files,
      usedInodes: files - ffree,
    };
  } catch (error) {
    const isMissing = hasSystemCode(error, 'ENOENT', 'ENOTDIR');
    const problem = isMissing
      ? 'there is no such path'
      : error instanceof Error
        ? error.message
        : String(error);
    throw new OperationError({
      code: isMissing ? 'not-found' : 'unavailable',
      attempted,
      problem,
      cause: error,
    });
  }
}
