import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { SERVICE_ENVIRONMENT } from '../src/volume-commands/setup/units.js';
import { at } from './prism-client.js';
import { endedWithBench } from './run-bench.js';
import type { SimulatorProcess } from './simulator-process.js';

/** Memory of a process now, MiB. */
export interface Memory {
  readonly residentMiB: number;
  /** Of that what the kernel cannot take back: no page of a file. */
  readonly anonymousMiB: number;
  readonly peakMiB: number;
}

/** A line of the log about one request. */
const REQUEST = /-> \d+, .* (\d+) ms$/;
/** A question for a task. */
const TASK = /^GET \S+\/config\/tasks\//;

/** One request to Prism Central, by this process's clock, ms. */
interface Asked {
  readonly start: number;
  readonly end: number;
  readonly isTask: boolean;
}

/** Where the time of a call went, ms. */
export interface Spent {
  /** At least one request was under way. */
  readonly asking: number;
  /** Waited until a task is looked at. */
  readonly waiting: number;
  /** All the rest: this program, the kernel, programs of the system. */
  readonly own: number;
}

/** One host: the plugin as systemd starts it, with settings and records of its own, asked as the engine asks it. */
export class VolumeHost {
  readonly settings: string;
  readonly #folder: string;
  readonly #program: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #process: ChildProcess | undefined;
  /** Requests to Prism Central so far. */
  readonly #asked: Asked[] = [];

  constructor(folder: string, program: string, { env, certificatePem }: SimulatorProcess, vmId: string) {
    this.#folder = folder;
    this.#program = program;
    mkdirSync(folder, { recursive: true });
    this.settings = join(folder, 'nutanix-volume.yaml');
    const text = {
      endpoint: `${env['NUTANIX_ENDPOINT']}:${env['NUTANIX_PORT']}`,
      username: env['NUTANIX_USERNAME'],
      password: env['NUTANIX_PASSWORD'],
      ca: certificatePem,
      cluster: env['NUTANIX_CLUSTER'],
      'vm-id': vmId,
      folder: join(folder, 'state'),
      policy: join(folder, 'policy.yaml'),
    };
    writeFileSync(this.settings, JSON.stringify(text), { mode: 0o600 });
  }

  get requests(): number {
    return this.#asked.length;
  }

  /** Where the time since `from` went, a moment of `performance.now()`. */
  spentSince(from: number): Spent {
    const to = performance.now();
    const asked = this.#asked.filter(({ end }) => end > from).sort((a, b) => a.start - b.start);
    let [asking, waiting, last] = [0, 0, from];
    for (const { start, end, isTask } of asked) {
      if (isTask) waiting += Math.max(start - last, 0);
      asking += Math.max(end - Math.max(start, last), 0);
      last = Math.max(last, end);
    }
    return { asking, waiting, own: to - from - asking - waiting };
  }

  async start(): Promise<void> {
    const args = ['docker-plugin', '--verbose', '--config', this.settings, '--socket', this.#socket];
    const env = { ...process.env, ...SERVICE_ENVIRONMENT };
    const child = endedWithBench(spawn(this.#program, args, { stdio: ['ignore', 'ignore', 'pipe'], env }));
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let rest = '';
      child.once('exit', () => reject(new Error(`the plugin ended: ${rest}`)));
      child.stderr.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.#note(line, resolve);
      });
    });
  }

  /** A call of the engine; ms. Rejects when the plugin answers with an error. */
  async call(method: string, body?: unknown): Promise<{ readonly ms: number; readonly answer: unknown }> {
    const began = performance.now();
    const answer = await this.#ask(`/VolumeDriver.${method}`, body === undefined ? '' : JSON.stringify(body));
    const ms = performance.now() - began;
    const error = at(answer, 'Err');
    if (typeof error === 'string' && error !== '') throw new Error(`${method}: ${error}`);
    return { ms, answer };
  }

  /** `nutanix-volume` with these arguments, on this host: what it prints, and how often it asks Prism Central. */
  run(...args: string[]): { readonly stdout: string; readonly requests: number } {
    const all = [...args, '--verbose', '--config', this.settings];
    const { status, stdout, stderr } = spawnSync(this.#program, all, {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(`nutanix-volume ${args.join(' ')}: ${stderr}`);
    return { stdout, requests: stderr.split('\n').filter((line) => REQUEST.test(line)).length };
  }

  memory(): Memory {
    const text = readFileSync(`/proc/${this.#process?.pid}/status`, 'utf8');
    const of = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
    return { residentMiB: of('VmRSS'), anonymousMiB: of('RssAnon'), peakMiB: of('VmHWM') };
  }

  /** CPU time of the plugin so far, without the programs that it starts. The kernel counts in hundredths of a second. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.#process?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Writes records of volumes beside that of an existing one: `PREFIX1` and so on, `count` with that one. */
  remember(id: string, prefix: string, count: number): void {
    const folder = join(this.#folder, 'state', 'volumes');
    const text = readFileSync(join(folder, `${id}.json`), 'utf8');
    for (let index = 1; index < count; index += 1) {
      const other = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      const changed = text.replaceAll(id, other).replaceAll(`${prefix}0`, `${prefix}${index}`);
      writeFileSync(join(folder, `${other}.json`), changed, { mode: 0o600 });
    }
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    const child = this.#process;
    if (child?.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  get #socket(): string {
    return join(this.#folder, 'plugin.sock');
  }

  #note(line: string, listens: () => void): void {
    if (line.includes(' listens at ')) listens();
    const ms = REQUEST.exec(line)?.[1];
    if (ms === undefined) return;
    const end = performance.now();
    this.#asked.push({ start: end - Number(ms), end, isTask: TASK.test(line) });
  }

  #ask(path: string, text: string): Promise<unknown> {
    const where = { socketPath: this.#socket, path, method: 'POST', agent: this.#agent };
    const headers = { 'content-length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const call = request({ ...where, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      });
      call.on('error', reject);
      call.end(text);
    });
  }
}

/** Where udev keeps the names of disks; this process and its children have one of their own. */
const BY_ID = '/dev/disk/by-id';

/** Disks of volume groups as block devices that are there before they are attached: loop devices with AHV's names. */
export class LoopDisks {
  readonly #folder: string;
  readonly #devices: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    mkdirSync('/dev/disk', { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', 'disks-by-id', '/dev/disk']);
    mkdirSync(BY_ID);
  }

  /** A blank device; with a disk's id under that name. */
  make(name: string, sizeBytes: number, diskId?: string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, '');
    truncateSync(file, sizeBytes);
    const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
    this.#devices.push(device);
    if (diskId !== undefined) {
      symlinkSync(device, join(BY_ID, `scsi-1NUTANIX_NFS_1_0_1_${diskId.replaceAll('-', '_')}`));
    }
    return device;
  }

  free(): void {
    for (const device of this.#devices) execFileSync('losetup', ['--detach', device]);
    execFileSync('umount', ['/dev/disk']);
    rmSync(this.#folder, { recursive: true });
  }
}
