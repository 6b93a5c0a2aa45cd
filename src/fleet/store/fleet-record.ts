import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { OperationError, replaceFile, SerialQueue, systemCode } from '../../support/index.js';

const hostRecord = z.object({
  /** creating: a create has begun and has not succeeded; created: it has. */
  phase: z.enum(['creating', 'created']),
  /** The create arguments it was made with. They hold no secret. */
  arguments: z.array(z.string()).readonly(),
  /** Process group of the client that is making it, to be ended when this tool was killed. */
  pid: z.number().optional(),
  since: z.string(),
  /** Id of its VM, once it is made: a machine of this name with another VM was not made by this tool. */
  vm: z.string().optional(),
});
const recordShape = z.object({
  version: z.literal(1),
  fleet: z.string(),
  /** Absolute path of the declaration at the last change: a fleet whose name changed in there is found by it. */
  file: z.string().optional(),
  hosts: z.record(z.string(), hostRecord),
  /** Of each host the installation steps that have succeeded: name to digest of what was run. */
  installed: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  /** Stacks that were deployed: name to digest of the file. */
  stacks: z.record(z.string(), z.string()).default({}),
});

export type RecordedHost = z.infer<typeof hostRecord>;
type Content = z.infer<typeof recordShape>;

/**
 * What this tool has made for one fleet, in `fleets/NAME/record.json` beside the machines. Without it a host
 * that is half made could not be told from one that was made otherwise. Every change is on disk before the
 * promise resolves; a file that is half written is never seen.
 */
export class FleetRecord {
  #content: Content;
  readonly #file: string | undefined;
  readonly #writing = new SerialQueue();

  private constructor(
    readonly path: string,
    content: Content,
    file: string | undefined,
  ) {
    this.#content = content;
    this.#file = file;
  }

  /** `file`: the declaration, which the next change writes down. */
  static async open(storeFolder: string, fleet: string, file?: string): Promise<FleetRecord> {
    const path = join(storeFolder, 'fleets', fleet, 'record.json');
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw unreadable(path, error);
    });
    if (text === undefined)
      return new FleetRecord(path, { version: 1, fleet, hosts: {}, installed: {}, stacks: {} }, file);
    try {
      return new FleetRecord(path, recordShape.parse(JSON.parse(text)), file);
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  get(host: string): RecordedHost | undefined {
    return Object.hasOwn(this.#content.hosts, host) ? this.#content.hosts[host] : undefined;
  }

  get fleet(): string {
    return this.#content.fleet;
  }

  /** The declaration when the record was last changed. */
  get file(): string | undefined {
    return this.#content.file;
  }

  names(): readonly string[] {
    return Object.keys(this.#content.hosts);
  }

  /** Digest of what a step ran when it last succeeded on a host. */
  installed(host: string, step: string): string | undefined {
    return this.#content.installed[host]?.[step];
  }

  /** Writes down which declaration it belongs to, unless it says so or there is nothing to write down. */
  async nameFile(): Promise<void> {
    if (this.#file !== this.#content.file && this.names().length > 0) await this.#change({});
  }

  setInstalled(host: string, step: string, digestOfRun: string): Promise<void> {
    const { installed } = this.#content;
    return this.#change({ installed: { ...installed, [host]: { ...installed[host], [step]: digestOfRun } } });
  }

  /** Digest of the file that a stack was deployed from. */
  stack(name: string): string | undefined {
    return this.#content.stacks[name];
  }

  /** A host that is being made has nothing installed, whatever an earlier one of its name had. */
  set(host: string, record: RecordedHost): Promise<void> {
    const { hosts, installed } = this.#content;
    return this.#change({
      hosts: { ...hosts, [host]: record },
      installed: record.phase === 'creating' ? without(installed, host) : installed,
    });
  }

  /** Takes a host over from another record, with what is installed on it. */
  async takeOver(host: string, from: FleetRecord): Promise<void> {
    const record = from.get(host);
    if (record === undefined) return;
    const { hosts, installed } = this.#content;
    await this.#change({
      hosts: { ...hosts, [host]: record },
      installed: { ...installed, [host]: from.#content.installed[host] ?? {} },
    });
    await from.forget(host);
  }

  setStack(name: string, digestOfFile: string): Promise<void> {
    return this.#change({ stacks: { ...this.#content.stacks, [name]: digestOfFile } });
  }

  forget(host: string): Promise<void> {
    return this.#change({
      hosts: without(this.#content.hosts, host),
      installed: without(this.#content.installed, host),
    });
  }

  /** Writes follow each other; each writes what holds by then. */
  #change(part: Partial<Content>): Promise<void> {
    this.#content = { ...this.#content, ...part, file: this.#file ?? this.#content.file };
    return this.#writing.run(async () => {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      await replaceFile(this.path, `${JSON.stringify(this.#content, undefined, 2)}\n`, 0o600);
    });
  }
}

/** The records of all other fleets in a machine store; those that cannot be understood are left out. */
export async function otherRecords(storeFolder: string, fleet: string): Promise<readonly FleetRecord[]> {
  const entries = await readdir(join(storeFolder, 'fleets'), { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isDirectory() && entry.name !== fleet)
    .map(({ name }) => name);
  const records = await Promise.all(
    names.toSorted().map((name) => FleetRecord.open(storeFolder, name).catch(() => undefined)),
  );
  return records.filter((record) => record !== undefined).filter((record) => record.names().length > 0);
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

/** A short name for a text. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function unreadable(path: string, cause: unknown): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: `read the record of the fleet ${path}`,
    problem: cause instanceof Error ? cause.message : String(cause),
    advice:
      'Without it hosts that are half made cannot be told from finished ones: restore it, or remove both.',
    cause,
  });
}
