/**
 * bun bench/api.ts [--rounds N] [--profile fast|real] [--only create,ls,…]: what docker-machine's commands take on both
 * versions of Prism Central's API, in turn on two simulators that differ in nothing else. With `fast`, servers and guests
 * answer at once, so that the times are our own; with `real` they take as long as recorded ones did. `--only` leaves rows
 * out, except for what makes and removes the machine. Needs `make build tools`.
 */
import { execFile } from 'node:child_process';
import { request } from 'node:https';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { countBytes, type ByteCounter } from './byte-counter.js';
import { multiplied } from './machine-store.js';
import { benchFolder, runBench } from './run-bench.js';
import { guestOptions, startSimulator, type SimulatorProcess } from './simulator-process.js';
import { medianOf, table } from './table.js';

const APIS = ['v3', 'v4'] as const;
const MANY = [50, 300] as const;
const PATH = [resolve('dist'), resolve('.tools'), process.env['PATH']].join(':');
/** `ls` gives a machine up after ten seconds, and says so instead of its state; then it would not be measured. */
const LS_OF_MANY = ['ls', '--timeout', '600'];
/** What a command took: ms, requests with and without polls of tasks, bytes on the wire. */
interface Cost {
  readonly ms: number;
  readonly requests: number;
  readonly polls: number;
  readonly bytes: number;
  /** Machines that `ls` has given up. */
  readonly givenUp: number;
}

const run = promisify(execFile);

const stateShape = z.object({
  requests: z.object({ total: z.number(), counts: z.record(z.string(), z.number()) }),
});

/** One simulator, the store of its machines, and what stands between them. */
class Side {
  readonly costs = new Map<string, Cost[]>();

  private constructor(
    readonly api: (typeof APIS)[number],
    readonly simulator: SimulatorProcess,
    readonly counter: ByteCounter,
    readonly folder: string,
  ) {}

  static async start(api: (typeof APIS)[number], profile: 'fast' | 'real'): Promise<Side> {
    const options = [...guestOptions(profile), `--api=${api}`];
    const simulator = await startSimulator(['dist/prism-simulator'], options);
    const { NUTANIX_ENDPOINT: host = '', NUTANIX_PORT: port = '' } = simulator.env;
    const folder = benchFolder('bench-api-');
    return new Side(api, simulator, await countBytes(host, Number(port)), folder);
  }

  async measure(name: string, store: string, ...args: string[]): Promise<void> {
    const before = await this.#requests();
    this.counter.take();
    const began = performance.now();
    const output = await this.client(store, ...args);
    const ms = performance.now() - began;
    const bytes = this.counter.take();
    const after = await this.#requests();
    const cost = {
      ms,
      bytes,
      requests: after.total - before.total,
      polls: after.polls - before.polls,
      givenUp: output.split('\n').filter((line) => /\bTimeout\b/.test(line)).length,
    };
    this.costs.set(name, [...(this.costs.get(name) ?? []), cost]);
  }

  /** What it wrote. Not synchronous: what counts the bytes runs in this process. */
  async client(store: string, ...args: string[]): Promise<string> {
    const { port } = this.counter;
    const env = { ...this.simulator.env, NUTANIX_PORT: String(port), NUTANIX_ENDPOINT: '127.0.0.1' };
    const { stdout } = await run('docker-machine', args, {
      env: { ...process.env, ...env, PATH, MACHINE_STORAGE_PATH: store },
    });
    return stdout;
  }

  async stop(): Promise<void> {
    this.counter.close();
    await this.simulator.stop();
  }

  /** How many requests the simulator has had, and how many of them asked how far a task is. */
  async #requests(): Promise<{ readonly total: number; readonly polls: number }> {
    const { total, counts } = stateShape.parse(JSON.parse(await stateOf(this.simulator))).requests;
    const polls = Object.entries(counts).filter(([route]) => /^GET .*\/tasks\/:/.test(route));
    return { total, polls: polls.reduce((sum, [, count]) => sum + count, 0) };
  }
}

function stateOf({ env, certificatePem }: SimulatorProcess): Promise<string> {
  const { NUTANIX_ENDPOINT: host, NUTANIX_PORT: port, NUTANIX_USERNAME, NUTANIX_PASSWORD } = env;
  const auth = `${NUTANIX_USERNAME ?? ''}:${NUTANIX_PASSWORD ?? ''}`;
  return new Promise((done, failed) => {
    const call = request({ host, port, path: '/simulator/state', auth, ca: certificatePem }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => done(text));
    });
    call.on('error', failed);
    call.end();
  });
}

/** The whole life of one machine, and `ls` of many; of what need not be, only what is asked for. */
async function round(side: Side, number: number, isWanted: (row: string) => boolean): Promise<void> {
  const store = join(side.folder, `store-${number}`);
  await side.measure('create', store, 'create', '-d', 'nutanix', '--nutanix-wait-for', 'ip', 'web-1');
  if (isWanted('ls')) await side.measure('ls', store, 'ls');
  for (const count of MANY) {
    const name = `ls of ${count}`;
    if (!isWanted(name)) continue;
    const many = multiplied(store, join(side.folder, `many-${number}-${count}`), count);
    await side.measure(name, many, ...LS_OF_MANY);
  }
  if (isWanted('stop') || isWanted('start')) {
    await side.measure('stop', store, 'stop', 'web-1');
    await side.measure('start', store, 'start', 'web-1');
  }
  await side.measure('rm', store, 'rm', '-y', 'web-1');
}

function rowsOf(sides: readonly Side[]): string[][] {
  const names = [...(sides[0]?.costs.keys() ?? [])];
  return names.map((name) => {
    const median = (side: Side, part: keyof Cost): number =>
      medianOf((side.costs.get(name) ?? []).map((cost) => cost[part])) ?? NaN;
    const [v3 = NaN, v4 = NaN] = sides.map((side) => median(side, 'ms'));
    const requests = sides.map((side) => {
      const [asked, givenUp] = [median(side, 'requests'), median(side, 'givenUp')];
      const machines = Number(/^ls of (\d+)$/.exec(name)?.[1] ?? 0);
      return [
        `${asked} (${median(side, 'polls')})`,
        ...(givenUp > 0 ? [`${givenUp} timed out`] : []),
        ...(asked < machines ? [`${machines - asked} unasked`] : []),
      ].join(', ');
    });
    const sizes = sides.map((side) => (median(side, 'bytes') / 1024).toFixed(1));
    return [name, v3.toFixed(0), v4.toFixed(0), (v4 / v3).toFixed(2), ...requests, ...sizes];
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      profile: { type: 'string', default: 'fast' },
      only: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds);
  const only = values.only?.split(',');
  const isWanted = (row: string): boolean => only === undefined || only.includes(row);
  const sides: Side[] = [];
  try {
    for (const api of APIS) sides.push(await Side.start(api, values.profile === 'real' ? 'real' : 'fast'));
    for (let number = 1; number <= rounds; number += 1) {
      // The second side finds files in memory already, so the order changes.
      for (const side of number % 2 === 0 ? sides.toReversed() : sides) await round(side, number, isWanted);
    }
    const head = [
      '',
      'v3 ms',
      'v4 ms',
      'v4/v3',
      'v3 requests (polls)',
      'v4 requests (polls)',
      'v3 KiB',
      'v4 KiB',
    ];
    console.log(table([head, ...rowsOf(sides)]));
    console.log(
      `\nMedians of ${rounds} interleaved rounds, profile ${values.profile}. KiB with TLS, both ways. Unasked: the plugins are all\n` +
        `asked at once, and Prism Central could not be asked within the limit of a read; the guest told that it runs.`,
    );
  } finally {
    for (const side of sides) await side.stop();
  }
}

runBench(main);
