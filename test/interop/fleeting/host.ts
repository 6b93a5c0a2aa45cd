import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

const TOOLS = join(__dirname, '../../../.tools');

/** GitLab's plugin in Go, which makes nothing and remembers what it was asked. */
export const DUMMY_PLUGIN = join(TOOLS, 'fleeting-plugin-dummy');
export const ACCEPTANCE_TEST = join(TOOLS, 'fleeting-acceptance');

/** Versions of GitLab's module with a host each: the first in which `protocol_port` is, and one of two years before. */
export const HOST_VERSIONS = ['2026', '2024'] as const;
export type HostVersion = (typeof HOST_VERSIONS)[number];

/** The program of `make tools` (test/interop/fleeting/host). */
export function hostProgram(version: HostVersion): string {
  return join(TOOLS, version === '2026' ? 'fleeting-host' : `fleeting-host-${version}`);
}

const answerShape = z.object({
  id: z.number(),
  micros: z.number(),
  result: z.unknown(),
  error: z.string().optional(),
  code: z.string().optional(),
});
const eventShape = z.object({
  event: z.literal('instance'),
  instance: z.string(),
  state: z.string(),
  cause: z.string(),
});
const lineShape = z.union([answerShape, eventShape]);

const identity = z.object({
  ID: z.string(),
  MaxSize: z.number(),
  Version: z.string(),
  BuildInfo: z.string(),
});
const stateShape = z.enum(['creating', 'running', 'deleting', 'deleted', 'timeout']);
const reported = z.array(z.object({ id: z.string(), state: stateShape }));
const names = z.array(z.string()).nullable();
const provisioned = z.array(z.object({ id: z.string(), state: z.string(), cause: z.string() }));
const capacityShape = z.object({
  Creating: z.number(),
  Running: z.number(),
  Deleting: z.number(),
  Requested: z.number(),
  Pending: z.number(),
  Max: z.number(),
});
const connectInfo = z.object({
  connector: z.looseObject({
    os: z.string(),
    arch: z.string(),
    protocol: z.string(),
    protocol_port: z.number().optional(),
    username: z.string(),
    password: z.string(),
    /** Base64. */
    key: z.string().nullable(),
  }),
  id: z.string(),
  external: z.string(),
  internal: z.string(),
  expires: z.string().nullable(),
});
export type ConnectInfo = z.infer<typeof connectInfo>;
export type Reported = z.infer<typeof reported>;
export type InstanceEvent = z.infer<typeof eventShape>;

/** For an instance that a job waits for, ms: the runner itself has no limit. */
const LONGEST_WAIT = 300_000;

/** What the runner's `connector_config` may say; the key in base64, durations in nanoseconds. */
export interface ConnectorConfig {
  readonly os?: string;
  readonly arch?: string;
  readonly protocol?: string;
  readonly protocol_port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly key?: string;
  readonly use_static_credentials?: boolean;
  readonly timeout?: number;
  readonly keepalive?: number;
}

/** What the plugin answered with an error; `code` is gRPC's. */
export class HostError extends Error {
  override readonly name = 'HostError';

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

export interface HostChoice {
  readonly version?: HostVersion;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder in which host and plugin have their sockets; absent = one of their own, which is removed with the host. */
  readonly socketFolder?: string;
}

/** How GitLab's provisioner or taskscaler drives the group. */
export interface EngineChoice {
  /** The most instances. */
  readonly count: number;
  readonly intervalMs?: number;
  readonly connector?: ConnectorConfig;
  /** Instances that wait for jobs, and jobs of one instance; of taskscaler. */
  readonly idle?: number;
  readonly uses?: number;
}

/** GitLab's host of fleeting plugins as a process: each method is one request, and they run at the same time. */
export class FleetingHost {
  /** The process id of the plugin, once it has been started. */
  pluginPid = 0;
  /** How long the latest answered request took, in ms. */
  lastMs = 0;
  /** What the provisioner has told of instances, in order. */
  readonly events: InstanceEvent[] = [];
  #log = '';
  #id = 0;
  readonly #waiting = new Map<number, (answer: z.infer<typeof answerShape>) => void>();
  readonly #watchers = new Set<() => void>();
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<unknown>;
  /** A plugin that is killed leaves its socket behind. */
  readonly #ownFolder: string | undefined;

  /** Starts the host for the plugin in this file; `env` replaces the environment of both, but for `socketFolder`. */
  constructor(plugin: string, { version = '2026', env = process.env, socketFolder }: HostChoice = {}) {
    if (socketFolder === undefined) this.#ownFolder = mkdtempSync(join(tmpdir(), 'fleeting-host-'));
    this.#process = spawn(hostProgram(version), [plugin], {
      env: { ...env, TMPDIR: socketFolder ?? this.#ownFolder },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#process.stdin.on('error', () => undefined); // a killed host is told by its end
    this.#process.stderr.on('data', (chunk: Buffer) => this.#hear(chunk.toString()));
    createInterface(this.#process.stdout).on('line', (line) => this.#take(line));
    this.#ended = once(this.#process, 'close').then(() => {
      for (const answer of this.#waiting.values())
        answer({ id: 0, micros: 0, result: null, error: this.#log });
    });
  }

  /** All that the host and the plugin have logged so far. */
  get log(): string {
    return this.#log;
  }

  /** Starts the plugin with this plugin_config. */
  async start(config: unknown, autoMtls = false): Promise<void> {
    const { pid } = z.object({ pid: z.number() }).parse(await this.#ask('start', { config, autoMtls }));
    this.pluginPid = pid;
  }

  async init(connector: ConnectorConfig = {}): Promise<z.infer<typeof identity>> {
    return identity.parse(await this.#ask('init', { connector }));
  }

  async update(): Promise<Reported> {
    return reported.parse(await this.#ask('update'));
  }

  async increase(count: number): Promise<number> {
    return z.number().parse(await this.#ask('increase', { count }));
  }

  async decrease(...instances: string[]): Promise<string[]> {
    return names.parse(await this.#ask('decrease', { instances })) ?? [];
  }

  async connectInfo(instance: string): Promise<ConnectInfo> {
    return connectInfo.parse(await this.#ask('connect-info', { instance }));
  }

  async heartbeat(instance: string): Promise<void> {
    await this.#ask('heartbeat', { instance });
  }

  /** Runs a command by GitLab's SSH connector; what it wrote to stdout. */
  async run(instance: string, command: string): Promise<string> {
    const result = await this.#ask('run', { instance, command });
    return z.object({ stdout: z.string() }).parse(result).stdout;
  }

  /** The plugin's Shutdown. */
  async shutdown(): Promise<void> {
    await this.#ask('shutdown');
  }

  /** Ends the plugin as the runner does. */
  async kill(): Promise<void> {
    await this.#ask('kill');
  }

  /** Lets GitLab's provisioner drive the group: Init, and updates from then on. */
  async provision(choice: EngineChoice): Promise<void> {
    await this.#ask('provision', { ...choice });
  }

  /** Has the provisioner ask for so many instances more. */
  async request(count: number): Promise<void> {
    await this.#ask('request', { count });
  }

  async delete(instance: string): Promise<void> {
    await this.#ask('delete', { instance });
  }

  async instances(): Promise<z.infer<typeof provisioned>> {
    return provisioned.parse(await this.#ask('instances'));
  }

  async capacity(): Promise<z.infer<typeof capacityShape>> {
    return capacityShape.parse(await this.#ask('capacity'));
  }

  /** Lets GitLab's taskscaler drive the group. */
  async scale(choice: EngineChoice): Promise<void> {
    await this.#ask('scale', { ...choice });
  }

  /** Waits for an instance for this job, as the runner does before it runs one. */
  async acquire(key: string): Promise<ConnectInfo> {
    return connectInfo.parse(await this.#ask('acquire', { key, ms: LONGEST_WAIT }));
  }

  async release(key: string): Promise<void> {
    await this.#ask('release', { key });
  }

  /** Stops what drives the group as the runner does, with the plugin's Shutdown at the end. */
  async stop(): Promise<void> {
    await this.#ask('stop');
  }

  /** Resolves with what `found` returns once it is not undefined: it is asked after each line of the host. */
  when<T>(found: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const value = found();
        if (value === undefined) return;
        this.#watchers.delete(look);
        resolve(value);
      };
      this.#watchers.add(look);
      void this.#ended.then(() => reject(new Error(`the host has ended: ${this.#log}`)));
      look();
    });
  }

  /** Resolves once the provisioner or taskscaler was told that `count` instances are in this state (each counts once). */
  async seen(state: string, count = 1): Promise<string[]> {
    return this.when(() => {
      const ids = new Set(this.events.filter((one) => one.state === state).map(({ instance }) => instance));
      return ids.size >= count ? [...ids] : undefined;
    });
  }

  /** Resolves once host or plugin have logged this. Their log comes by another way than their answers. */
  async logged(text: string): Promise<void> {
    await this.when(() => (this.#log.includes(text) ? true : undefined));
  }

  /** SIGKILL to the host alone, as when the runner is killed; resolves when it is gone. */
  async killHost(): Promise<void> {
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  /** The ordinary end: the plugin is ended, too. */
  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
    if (this.#ownFolder !== undefined) rmSync(this.#ownFolder, { recursive: true, force: true });
  }

  async #ask(command: string, fields: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    this.#id += 1;
    const id = this.#id;
    const answered = new Promise<z.infer<typeof answerShape>>((resolve) => this.#waiting.set(id, resolve));
    this.#process.stdin.write(`${JSON.stringify({ ...fields, id, do: command })}\n`);
    const { result, error, code, micros } = await answered;
    this.#waiting.delete(id);
    this.lastMs = micros / 1000;
    if (error !== undefined) throw new HostError(error, code ?? '');
    return result;
  }

  #hear(text: string): void {
    this.#log += text;
    for (const look of [...this.#watchers]) look();
  }

  #take(line: string): void {
    const read = lineShape.parse(JSON.parse(line));
    if ('event' in read) this.events.push(read);
    else this.#waiting.get(read.id)?.(read);
    for (const look of [...this.#watchers]) look();
  }
}
