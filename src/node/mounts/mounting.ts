import { stat } from 'node:fs/promises';
import { OperationError } from '../../support/index.js';
import { deviceNumberOf } from '../devices/block-devices.js';
import type { MountEntry, MountRequest } from '../storage-node.js';
import { holdersOf } from './holders.js';
import { kernelPathOf, makeTarget, removeTarget } from './mount-target.js';
import { readMounts } from './mount-table.js';
import type { NodeTools } from '../devices/node-tools.js';

/** More mounts than this on one target are not ours, and something is wrong. */
const MOST_LAYERS = 64;

/** Mounts file systems, folders and devices, and takes the mounts away; the kernel's table says what is done already. */
export class Mounting {
  readonly #tools: NodeTools;

  constructor(tools: NodeTools) {
    this.#tools = tools;
  }

  /** `extraOptions` are the caller's own findings, such as `nouuid`. */
  async mount(request: MountRequest, extraOptions: readonly string[], signal: AbortSignal): Promise<void> {
    const { device, type, options, readOnly = false } = request;
    const attempted = `mount ${device} at ${request.target}`;
    const target = await kernelPathOf(request.target, attempted);
    await makeTarget(target, 'folder', attempted);
    const list = [readOnly ? 'ro' : 'rw', ...options, ...extraOptions].join(',');
    const args = ['--internal-only', '--types', type, '--options', list, '--', device, target];
    try {
      await this.#tools.runner.run({ program: 'mount', args, attempted, signal });
    } catch (error) {
      throw explained(error, type);
    }
  }

  /**
   * The mount that is there already for this request; undefined = none. Rejects with `conflict` when another device is
   * mounted at the target, or this one otherwise than asked.
   */
  async existing(request: MountRequest): Promise<MountEntry | undefined> {
    const { device, readOnly = false } = request;
    const attempted = `mount ${device} at ${request.target}`;
    const entry = await this.topAt(request.target, attempted);
    if (entry === undefined) return undefined;
    const number = await deviceNumberOf(device, attempted);
    const problem =
      entry.device !== number || entry.root !== '/'
        ? `${entry.source} (${entry.type}) is mounted there already`
        : entry.readOnly === readOnly
          ? undefined
          : `it is mounted there ${entry.readOnly ? 'read-only' : 'read-write'} already`;
    if (problem === undefined) return entry;
    throw new OperationError({ code: 'conflict', attempted, problem });
  }

  /** The mount on top at exactly this target. */
  async topAt(target: string, attempted: string): Promise<MountEntry | undefined> {
    const path = await kernelPathOf(target, attempted);
    return (await readMounts(this.#tools.paths.proc)).findLast((entry) => entry.target === path);
  }

  async bind(source: string, wanted: string, how: BindOptions, signal: AbortSignal): Promise<void> {
    const attempted = `bind ${source} to ${wanted}`;
    const { readOnly = false, file = false } = how;
    const target = await kernelPathOf(wanted, attempted);
    const entry = await this.topAt(target, attempted);
    if (entry === undefined) {
      await makeTarget(target, file ? 'file' : 'folder', attempted);
      const args = ['--bind', '--', source, target];
      await this.#tools.runner.run({ program: 'mount', args, attempted, signal });
    } else if (!(await isSame(source, target, attempted))) {
      const problem = `${entry.source} (${entry.type}) is mounted there already`;
      throw new OperationError({ code: 'conflict', attempted, problem });
    }
    // A bind becomes read-only by a second step, which a killed predecessor may not have come to.
    const bound = entry ?? (await this.topAt(target, attempted));
    if (bound === undefined || bound.readOnly === readOnly || !readOnly) return;
    const args = ['--options', 'remount,bind,ro', '--', target];
    await this.#tools.runner.run({ program: 'mount', args, attempted, signal });
  }

  async unmount(wanted: string, signal: AbortSignal): Promise<void> {
    const attempted = `unmount ${wanted}`;
    const target = await kernelPathOf(wanted, attempted);
    for (let layer = 0; (await this.topAt(target, attempted)) !== undefined; layer += 1) {
      if (layer === MOST_LAYERS) {
        const problem = `more than ${MOST_LAYERS} mounts lie on one another there`;
        throw new OperationError({ code: 'conflict', attempted, problem });
      }
      await this.#unmountTop(target, attempted, signal);
    }
    await removeTarget(target, attempted);
  }

  async #unmountTop(target: string, attempted: string, signal: AbortSignal): Promise<void> {
    try {
      // Not canonicalised: a path that leads into a dead file system cannot be resolved.
      const args = ['--no-canonicalize', '--internal-only', '--', target];
      await this.#tools.runner.run({ program: 'umount', args, attempted, signal });
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      if (/not mounted|no mount point/.test(error.problem)) return;
      if (!error.problem.includes('busy')) throw error;
      const below = (await readMounts(this.#tools.paths.proc)).filter((entry) =>
        entry.target.startsWith(`${target}/`),
      );
      const holders = [
        ...below.map((entry) => `a mount at ${entry.target}`),
        ...(await holdersOf(this.#tools.paths.proc, target)),
      ];
      const problem = `it is in use${holders.length === 0 ? '' : ` by ${holders.join(', ')}`}`;
      const advice = 'End what uses it, then try again.';
      throw new OperationError({ code: 'conflict', attempted, problem, advice, cause: error });
    }
  }
}

export interface BindOptions {
  readonly readOnly?: boolean | undefined;
  readonly file?: boolean | undefined;
}

/** True when both paths lead to one folder, or to one device. */
async function isSame(source: string, target: string, attempted: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([stat(source), stat(target)]);
    if (one.isBlockDevice() && other.isBlockDevice()) return one.rdev === other.rdev;
    return one.dev === other.dev && one.ino === other.ino;
  } catch (error) {
    throw OperationError.from(error, attempted).with({ code: 'task-failed' });
  }
}

/** The kernel's refusals that have a reason which `mount` words badly. */
function explained(error: unknown, type: string): unknown {
  if (!(error instanceof OperationError)) return error;
  if (/[Ss]tructure needs cleaning|[Bb]ad message|superblock|I\/O error/.test(error.problem)) {
    const repair = type === 'xfs' ? 'xfs_repair (never with -L before its log was tried)' : 'fsck.ext4';
    const advice = `Look into the kernel's log (dmesg). If the file system is damaged, take a snapshot, then repair it by hand with ${repair}; nothing is repaired here beyond the replay of the journal.`;
    return error.with({ advice });
  }
  return error;
}
