import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

/** Debian's dockerd as a process of this test, with live-restore, an image `box` and no network. */
export class VolumeEngine {
  readonly folder = mkdtempSync(join(tmpdir(), 'volume-engine-'));
  readonly #host = `unix://${this.folder}/docker.sock`;
  #process: ChildProcess | undefined;

  start(): void {
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
      if (this.run('version').status === 0) return;
      execFileSync('sleep', ['0.1']);
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

  async remove(): Promise<void> {
    const ids = this.run('ps', '-aq')
      .stdout.split('\n')
      .filter((id) => id !== '');
    if (ids.length > 0) this.run('rm', '-f', ...ids);
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

  run(...args: string[]): Ran {
    const { status, stdout, stderr } = spawnSync('docker', ['--host', this.#host, ...args], {
      encoding: 'utf8',
      timeout: 110_000,
    });
    return { status: status ?? -1, stdout: stdout.trim(), stderr: stderr.trim() };
  }

  /** What it wrote; an error when it failed. */
  docker(...args: string[]): string {
    const { status, stdout, stderr } = this.run(...args);
    if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
    return stdout;
  }
}
