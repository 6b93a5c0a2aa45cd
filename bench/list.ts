/**
 * bun bench/list.ts [MACHINES...]: `docker-machine ls` with many machines, which starts a plugin process for each
 * of them, one after the other. Beside a do-nothing Go plugin, in turn; medians are shown. All machines are one
 * VM of the simulator under many names, so that the store is the only thing that grows. Needs `make build tools`.
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { multiplied } from './machine-store.js';
import { benchFolder, runBench } from './run-bench.js';
import { guestOptions, startSimulator } from './simulator-process.js';
import { medianOf, table } from './table.js';

const ROUNDS = 3;
const DRIVERS = ['nutanix', 'idle'] as const;
const PATH = [resolve('dist'), resolve('.tools'), process.env['PATH']].join(':');

type Environment = Readonly<Record<string, string>>;

function client(env: Environment, store: string, ...args: string[]): string {
  return execFileSync('docker-machine', args, {
    encoding: 'utf8',
    env: { ...process.env, ...env, PATH, MACHINE_STORAGE_PATH: store },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function secondsOf(work: () => void): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

async function main(): Promise<void> {
  const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 100, 300];
  const folder = benchFolder('bench-list-');
  const simulator = await startSimulator(['dist/prism-simulator'], guestOptions('fast'));
  try {
    const original = join(folder, 'original');
    client(simulator.env, original, 'create', '-d', 'nutanix', 'web-1');
    const rows = counts.map((count) => {
      const times = DRIVERS.map(() => new Array<number>());
      const stores = DRIVERS.map((driver) =>
        multiplied(original, join(folder, `${driver}-${count}`), count, driver),
      );
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const [index, store] of stores.entries()) {
          times[index]?.push(secondsOf(() => client(simulator.env, store, 'ls')));
        }
      }
      const [ours = NaN, idle = NaN] = times.map((values) => medianOf(values) ?? NaN);
      const each = (seconds: number): string => ((seconds / count) * 1000).toFixed(1);
      return [
        String(count),
        ours.toFixed(2),
        each(ours),
        idle.toFixed(2),
        each(idle),
        (ours / idle).toFixed(1),
      ];
    });
    console.log(table([['machines', 'ls s', 'ms each', 'idle Go s', 'ms each', 'ratio'], ...rows]));
    console.log(
      `\nMedians of ${ROUNDS} interleaved rounds. idle Go: a driver that knows no cloud, and no URL.`,
    );
  } finally {
    await simulator.stop();
  }
}

runBench(main);
