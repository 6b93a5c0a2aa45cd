import { backoff, hasCode, OperationError, poll, type Clock, type Probed } from '../../support/index.js';
import { demandUnused } from '../devices/device-file.js';
import type { NodeTools } from '../devices/node-tools.js';
import type { FilesystemType } from '../storage-node.js';
import { ContentInspection } from './content.js';
import { formatsUnderWay } from './formats-under-way.js';
import { filesystemSizeOn, wipeMark, wipeUnfinished, writeMark } from './unfinished.js';

/** Bytes. mkfs.xfs makes none below 300 MiB, and 1 MiB is left free; ext4 has no sense below. */
const SMALLEST: Readonly<Record<FilesystemType, number>> = { xfs: 301 << 20, ext4: 8 << 20 };
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

/** How long the mkfs of another process is waited for, ms. */
const OTHER_FORMAT_LIMIT = 30_000;
const OTHER_FORMAT_PAUSES = { first: 50, growth: 2, longest: 1000 };

/** Makes file systems, on blank devices alone, in such steps that it can be killed at any of them and begun again. */
export class Formatting {
  readonly #tools: NodeTools;
  readonly #inspection: ContentInspection;
  readonly #clock: Clock;

  constructor(tools: NodeTools, clock: Clock) {
    this.#tools = tools;
    this.#inspection = new ContentInspection(tools);
    this.#clock = clock;
  }

  /**
   * No program is ever forced: mkfs refuses, too, what it finds something on (xfs), or is not started at all. The mkfs of
   * a process that was killed is waited for, and what it leaves is begun again: the mark on it says that it was never mounted.
   */
  async format(device: string, type: FilesystemType, label: string, signal: AbortSignal): Promise<void> {
    const attempted = `format ${device} as ${type}`;
    if (!LABEL.test(label)) throw badLabel(label, attempted);
    const end = this.#clock.now() + OTHER_FORMAT_LIMIT;
    const once = async (): Promise<Probed<true>> => {
      const others = await formatsUnderWay(this.#tools.paths.proc, device);
      if (others.length > 0) {
        if (this.#clock.now() >= end) throw beingFormatted(others, attempted);
        return { ready: false };
      }
      try {
        await this.#make(device, type, label, attempted, signal);
        return { ready: true, value: true };
      } catch (error) {
        // Between the look at the processes and our own mkfs, the other one may have begun.
        if (!isTaken(error) || this.#clock.now() >= end) throw error;
        return { ready: false };
      }
    };
    await poll(once, { clock: this.#clock, signal, delays: backoff(OTHER_FORMAT_PAUSES) });
  }

  async #make(
    device: string,
    type: FilesystemType,
    label: string,
    attempted: string,
    signal: AbortSignal,
  ): Promise<void> {
    await demandUnused(device, attempted);
    const { content, unfinished, sizeBytes } = await this.#inspection.examine(device, signal);
    if (content.kind !== 'blank') throw notBlank(content, attempted);
    if (sizeBytes < SMALLEST[type]) throw tooSmall(type, sizeBytes, attempted);
    if (unfinished) await wipeUnfinished(device, sizeBytes, attempted);
    await writeMark(device, sizeBytes, attempted);
    const request = { device, label, sizeBytes: filesystemSizeOn(sizeBytes), attempted, signal };
    await (type === 'xfs' ? this.#makeXfs(request) : this.#makeExt4(request));
    // Both mkfs have brought everything to the disk before they ended. From now on it is a file system.
    await wipeMark(device, sizeBytes, attempted);
  }

  // A blank device needs no discard, which can take minutes.

  /** A volume holds no system that root must be able to repair when it is full: nothing is reserved for root. */
  async #makeExt4({ device, label, sizeBytes, attempted, signal }: MakeRequest): Promise<void> {
    const args = ['-q', '-E', 'nodiscard', '-m', '0', '-L', label, device, `${sizeBytes / 1024}k`];
    await this.#tools.runner.run({ program: 'mkfs.ext4', args, attempted, signal });
  }

  async #makeXfs({ device, label, sizeBytes, attempted, signal }: MakeRequest): Promise<void> {
    const features = await this.#withoutNewFeatures(attempted, signal);
    const args = [...features, '-q', '-K', '-d', `size=${sizeBytes}`, '-L', label, device];
    await this.#tools.runner.run({ program: 'mkfs.xfs', args, attempted, signal });
  }

  /** An xfsprogs that does not know a feature refuses its name: its own summary of options tells what it knows. */
  async #withoutNewFeatures(attempted: string, signal: AbortSignal): Promise<readonly string[]> {
    const request = { program: 'mkfs.xfs', args: [], attempted, signal, answers: [0, 1] } as const;
    const { stdout, stderr } = await this.#tools.runner.run(request);
    const known = NEW_FEATURES.filter(({ feature }) => `${stdout}${stderr}`.includes(`${feature}=`));
    return known.flatMap(({ option, feature }) => [option, `${feature}=0`]);
  }
}

interface MakeRequest {
  readonly device: string;
  readonly label: string;
  /** Of the file system. */
  readonly sizeBytes: number;
  readonly attempted: string;
  readonly signal: AbortSignal;
}

/** True when a mkfs was refused the device because another program had it for itself. */
function isTaken(error: unknown): boolean {
  return hasCode(error, 'task-failed') && /in use|busy/i.test(error.problem);
}

function beingFormatted(others: readonly string[], attempted: string): OperationError {
  const problem = `another process is formatting it: ${others.join(', ')}`;
  const advice = 'Nothing was written. Wait until that process has ended, or end it.';
  return new OperationError({ code: 'conflict', attempted, problem, advice });
}

function badLabel(label: string, attempted: string): OperationError {
  const problem = `the label ${JSON.stringify(label)} cannot be used`;
  const advice = 'Use 1 to 12 letters, digits, dots, hyphens and underscores, a letter or digit first.';
  return new OperationError({ code: 'invalid-input', attempted, problem, advice });
}

function tooSmall(type: FilesystemType, sizeBytes: number, attempted: string): OperationError {
  const problem = `the device is ${sizeBytes} bytes long, and ${type} needs ${SMALLEST[type]}`;
  const advice = type === 'xfs' ? 'Make the volume larger, or use ext4.' : 'Make the volume larger.';
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
