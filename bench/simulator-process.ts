import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { benchFolder, endedWithBench } from './run-bench.js';

/** A simulator of its own, for one measurement. */
export interface SimulatorProcess {
  /** What it says to export: NUTANIX_ENDPOINT and so on. */
  readonly env: Readonly<Record<string, string>>;
  readonly certificatePem: string;
  /** Resident memory now, MiB. */
  residentMiB(): number;
  /** CPU time so far, seconds. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** The ways in which the simulator is shipped, in the order of their rows. */
export const BUILDS: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['packaged', ['dist/prism-simulator']],
  ['on Node', ['node', 'dist/node/bin/prism-simulator.js']],
];

/** Where emulated guests listen; below 1024 only root may. */
export const SSH_PORT = process.getuid?.() === 0 ? 22 : 2222;

/** For emulated guests, which have the subnet's addresses: others each time, beside what else may run here. */
export function guestOptions(profile: 'fast' | 'real'): string[] {
  const subnet = `127.${200 + Math.floor(Math.random() * 50)}.0.0/16`;
  return [`--profile=${profile}`, `--ssh-port=${SSH_PORT}`, `--subnet=${subnet}`];
}

const START_MS = 20_000;

/** Starts it on a free port of 127.0.0.1; whatever fails later, `stop` ends it. */
export async function startSimulator(
  [program = '', ...first]: readonly string[],
  options: readonly string[],
): Promise<SimulatorProcess> {
  const folder = benchFolder('bench-simulator-');
  const [envFile, caFile] = [join(folder, 'env'), join(folder, 'ca.pem')];
  const own = ['--port=0', '--log=error', `--environment-file=${envFile}`, `--ca-file=${caFile}`];
  const child = endedWithBench(
    spawn(program, [...first, ...own, ...options], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  const patience = performance.now() + START_MS;
  while (!existsSync(envFile)) {
    if (child.exitCode === null && performance.now() < patience) await pause(20);
    else {
      await stop();
      throw new Error(`${[program, ...first].join(' ')} did not start`);
    }
  }
  const pid = child.pid ?? 0;
  const lines = readFileSync(envFile, 'utf8').matchAll(/^export (\w+)=(['"]?)(.*)\2$/gm);
  return {
    env: Object.fromEntries([...lines].map(([, name = '', , value = '']) => [name, value])),
    certificatePem: readFileSync(caFile, 'utf8'),
    residentMiB: () => residentMiB(pid),
    cpuSeconds: () => cpuSeconds(pid),
    stop,
  };
}

function residentMiB(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]) / 1024;
}

/** The kernel counts in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
