import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CpuWatch, type CpuTimes } from './cpu-watch.js';

const ROOT = join(__dirname, '..');
const dist = (name: string): string => join(ROOT, 'dist', name);

export interface FleetSample {
  /** Of the whole `apply`. */
  readonly seconds: number;
  readonly cpu: CpuTimes;
  /** Of all hosts: how long each step took, seconds. */
  readonly steps: ReadonlyMap<string, readonly number[]>;
}

const eventShape = z.looseObject({
  time: z.coerce.date(),
  event: z.string(),
  host: z.string().optional(),
  text: z.string().optional(),
  action: z.string().optional(),
});

/** Makes `count` hosts, `parallel` at a time, and removes them. */
export async function measureFleet(
  env: Readonly<Record<string, string>>,
  folder: string,
  { count, parallel }: { readonly count: number; readonly parallel: number },
): Promise<FleetSample> {
  const file = join(folder, `hosts-${count}.yaml`);
  writeFileSync(file, `name: bench\nparallel: ${parallel}\ngroups: [{ name: b${count}, count: ${count} }]\n`);
  const path = [join(ROOT, 'dist'), join(ROOT, '.tools'), process.env['PATH']].join(':');
  const surroundings = { ...process.env, ...env, PATH: path, MACHINE_STORAGE_PATH: join(folder, 'store') };
  // The certificates are made once in a store's life, so they are no part of what is compared.
  const none = ['create', '-d', 'none', '--url', 'tcp://127.0.0.1:2376', 'certificates'];
  spawnSync('docker-machine', none, { env: surroundings });
  const run = async (...args: string[]): Promise<FleetSample> => {
    const began = performance.now();
    const child = spawn(dist('nutanix-hosts'), [...args, '--json', '-f', file], {
      env: surroundings,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const watch = new CpuWatch(child.pid ?? 0);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as unknown[];
    const cpu = watch.end();
    if (code !== 0) throw new Error(`nutanix-hosts ${args.join(' ')} ended with ${String(code)}: ${output}`);
    return { seconds: (performance.now() - began) / 1000, cpu, steps: stepTimes(output) };
  };
  const sample = await run('apply');
  await run('destroy', '--yes');
  return sample;
}

/** From one event of a host to its next is the time of the first. */
function stepTimes(output: string): Map<string, number[]> {
  const steps = new Map<string, number[]>();
  const current = new Map<string, { readonly step: string; readonly since: number }>();
  for (const line of output.trim().split('\n')) {
    const { time, event, host, text, action } = eventShape.parse(JSON.parse(line));
    if (host === undefined) continue;
    const before = current.get(host);
    if (before !== undefined) {
      const seconds = (time.getTime() - before.since) / 1000;
      steps.set(before.step, [...(steps.get(before.step) ?? []), seconds]);
    }
    if (event === 'end') current.delete(host);
    else current.set(host, { step: stepName(text, action), since: time.getTime() });
  }
  return steps;
}

/** Steps of several hosts are one: without names, addresses and percentages. */
function stepName(text = '', action?: string): string {
  if (action !== undefined) return 'starting the client';
  if (/\bcreate VM .*, power it on/.test(text)) return 'the power-on task runs';
  if (/\bcreate VM /.test(text)) return 'the create task runs';
  return text.replace(/: .*$/, '');
}
