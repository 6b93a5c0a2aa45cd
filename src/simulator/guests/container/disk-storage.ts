import { createInterface, type Interface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { ContainerCreateOptions } from 'dockerode';
import { z } from 'zod';
import { OperationError } from '../../../support/index.js';
import type { VolumeContents } from '../guest-backend.js';
import { engineError } from './engine-error.js';
import type { Engine } from './engine.js';
import { DISKS_PATH } from './hardware.js';

/** The program in the image; its text says what it is asked and answers. */
const PROGRAM = ['/usr/lib/prism-guest/volumes'];

const answerShape = z.object({ device: z.int().optional(), error: z.string().optional() });
type StorageAnswer = z.infer<typeof answerShape>;

type Order =
  | { readonly do: 'attach'; readonly disk: string; readonly size: number }
  | { readonly do: 'resize'; readonly device: number; readonly size: number }
  | { readonly do: 'detach'; readonly device: number }
  | { readonly do: 'copy'; readonly from: string; readonly to: string }
  | { readonly do: 'remove'; readonly disks: readonly string[] };

export interface DiskStorageParts {
  readonly engine: Engine;
  /** Of its container. */
  readonly name: string;
  readonly image: string;
  readonly labels: Record<string, string>;
}

/**
 * What the disks of volume groups hold: files in a container of their own, which is made when the first one is attached
 * and ends with this process, however that ends. Each attachment of a disk is a loop device of its own. Methods reject
 * with an OperationError.
 */
export class DiskStorage implements VolumeContents {
  readonly #parts: DiskStorageParts;
  #running: Promise<RunningStorage> | undefined;

  constructor(parts: DiskStorageParts) {
    this.#parts = parts;
  }

  /** Shows a disk, blank if it has never been attached, as a loop device of the machine; resolves with its number. */
  async attach(diskUuid: string, sizeBytes: number): Promise<number> {
    this.#running ??= startStorage(this.#parts);
    const running = await this.#running;
    const { device } = await running.order({ do: 'attach', disk: diskUuid, size: sizeBytes });
    if (device !== undefined) return device;
    throw refused('attach', 'it did not say which device the disk is');
  }

  async resize(device: number, sizeBytes: number): Promise<void> {
    await this.#ask({ do: 'resize', device, size: sizeBytes });
  }

  /** Once this resolves, writes to the device fail and do not reach the disk, even where the device is still mounted. */
  async detach(device: number): Promise<void> {
    await this.#ask({ do: 'detach', device });
  }

  async copy(from: string, to: string): Promise<void> {
    await this.#ask({ do: 'copy', from, to });
  }

  async remove(uuids: readonly string[]): Promise<void> {
    await this.#ask({ do: 'remove', disks: uuids });
  }

  /** Where nothing has ever been attached, there is nothing to be changed. */
  async #ask(order: Order): Promise<void> {
    const running = await this.#running;
    await running?.order(order);
  }
}

interface Waiting {
  readonly resolve: (answer: StorageAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** The conversation with the program. */
class RunningStorage {
  readonly #input: NodeJS.WritableStream;
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;

  constructor(input: NodeJS.WritableStream, lines: Interface, lastWords: () => string) {
    this.#input = input;
    lines.on('line', (line) => {
      const answer = answerShape.safeParse(JSON.parse(line));
      if (answer.success) this.#waiting.shift()?.resolve(answer.data);
      else this.#end(`answered ${line}`);
    });
    lines.on('close', () => this.#end(`ended: ${lastWords()}`));
    input.on('error', (error: Error) => this.#end(error.message));
  }

  async order(order: Order): Promise<StorageAnswer> {
    const answered = this.answer(order.do);
    if (this.#ended === undefined) this.#input.write(`${JSON.stringify(order)}\n`);
    return await answered;
  }

  /** The next answer. */
  async answer(what: string): Promise<StorageAnswer> {
    const answer = await new Promise<StorageAnswer>((resolve, reject) => {
      if (this.#ended === undefined) this.#waiting.push({ resolve, reject });
      else reject(this.#ended);
    });
    if (answer.error !== undefined) throw refused(what, answer.error);
    return answer;
  }

  #end(problem: string): void {
    this.#ended ??= refused('answer', problem);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}

async function startStorage({ engine, name, image, labels }: DiskStorageParts): Promise<RunningStorage> {
  try {
    const container = await engine.waits.createContainer(storageOptions({ name, image, labels }));
    const stream = await container.attach({
      stream: true,
      hijack: true,
      stdin: true,
      stdout: true,
      stderr: true,
    });
    const [output, errors] = [new PassThrough(), new PassThrough()];
    let said = '';
    errors.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-1_000)));
    engine.waits.modem.demuxStream(stream, output, errors);
    stream.on('close', () => output.end());
    await container.start();
    const running = new RunningStorage(
      stream,
      createInterface(output),
      () => said.trim() || 'without a word',
    );
    await running.answer('start');
    return running;
  } catch (error) {
    throw engineError('start the storage of volume groups', error);
  }
}

/** The container ends when its stdin is closed, and the files go with it. */
function storageOptions(parts: Pick<DiskStorageParts, 'name' | 'image' | 'labels'>): ContainerCreateOptions {
  return {
    name: parts.name,
    Image: parts.image,
    Cmd: PROGRAM,
    Labels: parts.labels,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      AutoRemove: true,
      CapAdd: ['SYS_ADMIN', 'MKNOD'],
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
      DeviceCgroupRules: ['a *:* rwm'],
      NetworkMode: 'none',
      Mounts: [{ Type: 'volume', Source: '', Target: DISKS_PATH }],
    },
  };
}

function refused(what: string, problem: string): OperationError {
  return new OperationError({ code: 'internal', attempted: `${what} a disk of a volume group`, problem });
}
