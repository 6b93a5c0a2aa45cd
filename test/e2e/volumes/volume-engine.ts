import { execFile, execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../machine.js';

/** Why no engine can be run by this test; undefined = one can. */
export function engineProblem(): string | undefined {
  if (process.getuid?.() !== 0) return 'a Docker engine needs root';
  const wanted = ['docker.io', 'docker-cli', 'busybox-static', 'iptables'];
  const present = ['dockerd', 'docker', 'busybox'].every(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
  );
  if (present) return undefined;
  const packages =
    spawnSync('sh', ['-c', 'command -v docker']).status === 0
      ? wanted.filter((name) => name !== 'docker-cli')
      : wanted;
  const { status, stderr } = spawnSync('bash', [join(ROOT, 'scripts/install-packages.sh'), ...packages], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : (stderr.trim().split('\n').pop() ?? 'packages are missing');
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function ranWith(program: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { timeout: 300_000 }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stdout: stdout.trim(), stderr: stderr.trim() }),
    );
  });
}

async function fetchCompose(): Promise<string> {
  const script = join(ROOT, 'scripts/debian-program.sh');
  const wanted = ['trixie', 'docker-compose', 'usr/libexec/docker/cli-plugins/docker-compose'];
  const { status, stdout, stderr } = await ranWith('bash', script, ...wanted);
  if (status !== 0) throw new Error(`Compose could not be had: ${stderr}`);
  return stdout;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Debian's dockerd as a process of this test, with live-restore, an image `box` and no network. */
export class VolumeEngine {
  readonly folder = mkdtempSync(join(tmpdir(), 'volume-engine-'));
  readonly #host = `unix://${this.folder}/docker.sock`;
  #process: ChildProcess | undefined;
  #compose: Promise<string> | undefined;

  async start(): Promise<void> {
    const name = `t${String(process.pid)}`;
    const args = [
      '--host',
      this.#host,
      '--data-root',
      join(this.folder, 'data'),
      '--exec-root',
      join(this.folder, 'exec'),
    ];
    args.push(
      '--pidfile',
      join(this.folder, 'pid'),
      '--bridge',
      'none',
      '--live-restore',
      '--storage-driver',
      'vfs',
    );
    args.push(
      '--containerd-namespace',
      name,
      '--containerd-plugins-namespace',
      `${name}-plugins`,
      '--iptables=false',
    );
    this.#process = spawn('sh', ['-c', `exec dockerd "$@" >>${this.folder}/log 2>&1`, 'sh', ...args], {
      stdio: 'ignore',
      detached: true,
    });
    for (let tries = 0; tries < 400; tries += 1) {
      if ((await this.run('version')).status === 0) return;
      await pause(100);
    }
    throw new Error(`dockerd does not start: ${readFileSync(join(this.folder, 'log'), 'utf8').slice(-2000)}`);
  }

  /** Containers go on: live-restore. */
  async stopDaemon(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  async removeContainers(): Promise<void> {
    const { stdout } = await this.run('ps', '-aq');
    const ids = stdout.split('\n').filter((id) => id !== '');
    if (ids.length > 0) await this.run('rm', '-f', ...ids);
  }

  async remove(): Promise<void> {
    await this.removeContainers();
    await this.stopDaemon();
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    const ours = mounts.filter((path) => path.startsWith(`${this.folder}/`));
    for (const path of ours.sort().reverse()) spawnSync('umount', ['-l', path]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An image of nothing but busybox; `/data` has a file in it. */
  makeImage(): void {
    const root = join(this.folder, 'root');
    for (const path of ['bin', 'tmp', 'data']) mkdirSync(join(root, path), { recursive: true });
    const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
    execFileSync('cp', ['-L', busybox, join(root, 'bin/busybox')]);
    for (const name of ['sh', 'cat', 'sleep', 'touch', 'ls', 'echo', 'sync', 'stat', 'dd']) {
      execFileSync('ln', ['-sf', 'busybox', join(root, 'bin', name)]);
    }
    execFileSync('sh', ['-c', `echo from-image >${root}/data/seed`]);
    execFileSync('sh', ['-c', `tar -C ${root} -c . | docker --host ${this.#host} import - box`]);
  }

  /** Without blocking this process, in which the cloud may be that the engine's plugin asks. */
  async run(...args: string[]): Promise<Ran> {
    return await ranWith('docker', '--host', this.#host, ...args);
  }

  /** Debian 13's Compose on a file of this content; what it printed, an error when it failed. */
  async compose(content: object, ...args: string[]): Promise<string> {
    const path = join(this.folder, 'compose.json');
    writeFileSync(path, JSON.stringify(content));
    this.#compose ??= fetchCompose();
    const program = await this.#compose;
    const { status, stdout, stderr } = await ranWith(
      'env',
      `DOCKER_HOST=${this.#host}`,
      program,
      '-f',
      path,
      ...args,
    );
    if (status !== 0) throw new Error(`docker compose ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** What it wrote; an error when it failed. */
  async docker(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(...args);
    if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
    return stdout;
  }
}
