import { OperationError } from '../../support/index.js';
import type { CommandRunner } from '../command/command-runner.js';
import { demandUnused } from '../devices/device-file.js';
import type { FilesystemType } from '../storage-node.js';
import type { ContentInspection } from './content.js';
import { UNFINISHED_LABEL, wipeUnfinished, writeMark } from './unfinished.js';

/** mkfs.xfs makes none smaller; it counts in units of 1024. */
const SMALLEST_XFS = 300 << 20;
const LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,11}$/;
/**
 * Features that newer xfsprogs switch on by themselves, and that kernels before 6.5 cannot mount: a volume moves between
 * hosts of different age. (xfsprogs has files of options for that, but the one of 6.1.0 does not accept its own.)
 */
const NEW_FEATURES = [
  { option: '-i', feature: 'nrext64' },
  { option: '-i', feature: 'exchange' },
  { option: '-n', feature: 'parent' },
  { option: '-m', feature: 'metadir' },
] as const;

/** Makes file systems, on blank devices alone, in such steps that it can be killed at any of them and begun again. */
export class Formatting {
  readonly #runner: CommandRunner;
  readonly #inspection: ContentInspection;

  constructor(runner: CommandRunner, inspection: ContentInspection) {
    this.#runner = runner;
    this.#inspection = inspection;
  }

  /** No program is ever forced: mkfs refuses, too, what it finds something on (xfs), or is not started at all. */
  async format(device: string, type: FilesystemType, label: string, signal: AbortSignal): Promise<void> {
    const attempted = `format ${device} as ${type}`;
    if (!LABEL.test(label) || label === UNFINISHED_LABEL) throw badLabel(label, attempted);
    await demandUnused(device, attempted);
    const { content, leftover, sizeBytes } = await this.#inspection.examine(device, signal);
    if (content.kind !== 'blank') throw notBlank(content, attempted);
    if (type === 'xfs' && sizeBytes < SMALLEST_XFS) throw tooSmall(sizeBytes, attempted);
    if (leftover) await wipeUnfinished(device, sizeBytes, attempted);
    if (type === 'ext4') await writeMark(device, attempted);
    await this.#make(device, type, attempted, signal);
    await this.#name(device, type, label, attempted, signal);
  }

  async #make(device: string, type: FilesystemType, attempted: string, signal: AbortSignal): Promise<void> {
    // A blank device needs no discard, which can take minutes. Volumes hold no system that root must be able to repair
    // when it is full: nothing is reserved for root.
    if (type === 'ext4') {
      const args = ['-q', '-E', 'nodiscard', '-m', '0', '-L', UNFINISHED_LABEL, device];
      await this.#runner.run({ program: 'mkfs.ext4', args, attempted, signal });
      return;
    }
    const args = [...(await this.#withoutNewFeatures(attempted, signal)), '-q', '-K', '-L', UNFINISHED_LABEL];
    await this.#runner.run({ program: 'mkfs.xfs', args: [...args, device], attempted, signal });
  }

  /** An xfsprogs that does not know a feature refuses its name: its own summary of options tells what it knows. */
  async #withoutNewFeatures(attempted: string, signal: AbortSignal): Promise<readonly string[]> {
    const request = { program: 'mkfs.xfs', args: [], attempted, signal, answers: [0, 1] } as const;
    const { stdout, stderr } = await this.#runner.run(request);
    const known = NEW_FEATURES.filter(({ feature }) => `${stdout}${stderr}`.includes(`${feature}=`));
    return known.flatMap(({ option, feature }) => [option, `${feature}=0`]);
  }

  /** The last step: from now on it is a file system. Both mkfs have written everything to the disk before they end. */
  async #name(
    device: string,
    type: FilesystemType,
    label: string,
    attempted: string,
    signal: AbortSignal,
  ): Promise<void> {
    const program = type === 'xfs' ? 'xfs_admin' : 'tune2fs';
    await this.#runner.run({ program, args: ['-L', label, device], attempted, signal });
  }
}

function badLabel(label: string, attempted: string): OperationError {
  const problem = `the label ${JSON.stringify(label)} cannot be used`;
  const advice = 'Use 1 to 12 letters, digits, dots, hyphens and underscores, a letter or digit first.';
  return new OperationError({ code: 'invalid-input', attempted, problem, advice });
}

function tooSmall(sizeBytes: number, attempted: string): OperationError {
  const problem = `the device is ${sizeBytes} bytes long, and xfs needs ${SMALLEST_XFS}`;
  const advice = 'Make the volume larger, or use ext4.';
  return new OperationError({ code: 'invalid-input', attempted, problem, advice });
}

function notBlank(
  content: { kind: 'filesystem'; type: string; uuid: string } | { kind: 'foreign'; what: string },
  attempted: string,
): OperationError {
  const what = content.kind === 'foreign' ? content.what : `the ${content.type} file system ${content.uuid}`;
  const problem = `the device is not blank: it holds ${what}`;
  const advice =
    'Nothing was written. If this is no longer needed, remove it by hand (wipefs), or use another volume.';
  return new OperationError({ code: 'conflict', attempted, problem, advice });
}
