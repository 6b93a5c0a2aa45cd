/**
 * bun bench/fleet.ts [HOSTS]: nutanix-hosts with the real docker-machine on emulated guests, at the latencies of a
 * real cluster: one host, five in parallel, and HOSTS (50) ten at a time. Needs `make build tools`.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const ROOT = join(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
const path = [join(ROOT, 'dist'), join(ROOT, '.tools'), process.env['PATH']].join(':');

interface Measured {
  readonly seconds: number;
  /** CPU time of nutanix-hosts itself, without its children; seconds. */
  readonly own: number;
}

async function startSimulator(): Promise<{ process: ChildProcess; env: Record<string, string> }> {
  const envFile = join(folder, 'env');
  const ssh = process.getuid?.() === 0 ? '22' : '2222';
  const subnet = `127.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 256)}.0/24`;
  const options = ['--port=0', '--profile=real', `--ssh-port=${ssh}`, `--subnet=${subnet}`, '--log=error'];
  const simulator = spawn(
    join(ROOT, 'dist', 'prism-simulator'),
    [...options, `--environment-file=${envFile}`],
    {
      stdio: 'ignore',
    },
  );
  while (!existsSync(envFile) || readFileSync(envFile, 'utf8') === '') await setTimeout(50);
  const lines = readFileSync(envFile, 'utf8').matchAll(/^(?:export )?(\w+)=(["']?)(.*)\2$/gm);
  return {
    process: simulator,
    env: Object.fromEntries([...lines].map(([, name = '', , value = '']) => [name, value])),
  };
}

async function measure(env: Record<string, string>, count: number, parallel: number): Promise<Measured> {
  const store = join(folder, `store-${count}`);
  const file = join(folder, `hosts-${count}.yaml`);
  writeFileSync(file, `name: bench\nparallel: ${parallel}\ngroups: [{ name: b${count}, count: ${count} }]\n`);
  const surroundings = { ...process.env, ...env, PATH: path, MACHINE_STORAGE_PATH: store };
  const run = async (...args: string[]): Promise<Measured> => {
    const began = performance.now();
    const child = spawn(join(ROOT, 'dist', 'nutanix-hosts'), [...args, '-f', file], {
      env: surroundings,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    let own = 0;
    const look = setInterval(() => {
      own = cpuSeconds(child.pid) ?? own;
    }, 100);
    const code = await new Promise((resolve) => child.on('close', resolve));
    clearInterval(look);
    if (code !== 0) throw new Error(`nutanix-hosts ${args.join(' ')} ended with ${String(code)}`);
    return { seconds: (performance.now() - began) / 1000, own };
  };
  // The certificates are made once in a store's life, so they are no part of what is compared.
  const none = ['create', '-d', 'none', '--url', 'tcp://127.0.0.1:2376', 'certificates'];
  spawnSync('docker-machine', none, { env: surroundings });
  const measured = await run('apply');
  await run('destroy', '--yes');
  return measured;
}

/** From /proc; undefined elsewhere, and when the process is gone. */
function cpuSeconds(pid: number | undefined): number | undefined {
  try {
    const fields =
      readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const many = Number(process.argv[2] ?? 50);
  const simulator = await startSimulator();
  try {
    const one = await measure(simulator.env, 1, 1);
    const five = await measure(simulator.env, 5, 5);
    const print = (label: string, { seconds, own }: Measured): void => {
      const ratio = (seconds / one.seconds).toFixed(2);
      console.log(
        `${label.padEnd(24)} ${seconds.toFixed(1)} s  ${ratio} x one  ${own.toFixed(2)} s CPU of our own`,
      );
    };
    print('one host', one);
    print('five, all at once', five);
    if (many > 0) print(`${many}, ten at a time`, await measure(simulator.env, many, 10));
  } finally {
    simulator.process.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
