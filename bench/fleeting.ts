/**
 * `make bench-fleeting`: the fleeting plugin as GitLab's host code meets it, beside GitLab's own plugin in Go, which makes nothing and
 * asks for nothing. The start is measured round by round in turn; Init and updates against a simulator without guests, in which an
 * instance is ready when it has an address, on both versions of the API. `--quick` does little of everything.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DUMMY_PLUGIN, FleetingHost } from '../test/interop/fleeting/host.js';
import { memoryOf } from './measure.js';
import { PrismClient } from './prism-client.js';
import { BenchError, benchFolder, endedWithBench, runBench } from './run-bench.js';
import { startSimulator } from './simulator-process.js';
import { medianOf, table } from './table.js';

const PLUGIN = 'dist/fleeting-plugin-nutanix';
const APIS = ['v3', 'v4'] as const;
/** As go-plugin's host sets it. */
const COOKIE = { FLEETING_INSTANCE_GROUP_PLUGIN: '4c6410b1-cb78-4962-8c76-ab936d0ea908' };

interface Plan {
  readonly starts: number;
  /** Sizes of the group, growing. */
  readonly sizes: readonly number[];
  /** Updates of each size. */
  readonly updates: number;
}

const WHOLE: Plan = { starts: 20, sizes: [1, 100, 1000], updates: 10 };
const QUICK: Plan = { starts: 2, sizes: [1, 20], updates: 2 };

const stateShape = z.object({ requests: z.object({ total: z.number() }) });

/** ms from the spawn to the handshake line. */
async function handshakeMs(program: string): Promise<number> {
  const began = performance.now();
  const child = endedWithBench(
    spawn(program, [], { env: { ...process.env, ...COOKIE }, stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const took = performance.now() - began;
  if (!line.toString().includes('|grpc')) throw new Error(`${program}: ${line.toString()}`);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return took;
}

/** What one plugin did. Times in ms, memory in MiB. */
interface Row {
  readonly name: string;
  readonly init: number;
  readonly requestsOfInit: number;
  readonly updates: readonly { readonly ms: number; readonly requests: number }[];
  readonly residentMiB: number | undefined;
  readonly privateMiB: number | undefined;
}

/** `requests`: how many Prism Central has been asked so far. */
async function measured(
  name: string,
  host: FleetingHost,
  config: Readonly<Record<string, unknown>>,
  { sizes, updates }: Plan,
  requests: () => Promise<number>,
): Promise<Row> {
  await host.start(config);
  const beforeInit = await requests();
  await host.init();
  const [init, requestsOfInit] = [host.lastMs, (await requests()) - beforeInit];
  const rows: { ms: number; requests: number }[] = [];
  let size = 0;
  for (const wanted of sizes) {
    for (; size < wanted; size += await host.increase(wanted - size));
    while (!isSettled(await host.update(), wanted, name)) await pause(50);
    const before = await requests();
    const samples: number[] = [];
    for (let round = 0; round < updates; round += 1) {
      await host.update();
      samples.push(host.lastMs);
    }
    rows.push({ ms: medianOf(samples) ?? NaN, requests: ((await requests()) - before) / updates });
  }
  const { residentMiB, privateMiB } = memoryOf(host.pluginPid);
  return { name, init, requestsOfInit, updates: rows, residentMiB, privateMiB };
}

/** GitLab's plugin makes nothing, so that nothing gets ready. */
function isSettled(reported: readonly { readonly state: string }[], wanted: number, name: string): boolean {
  const ready = reported.filter(({ state }) => state === 'running' || name === "GitLab's in Go");
  return ready.length === wanted;
}

async function ofOurs(api: (typeof APIS)[number], plan: Plan): Promise<Row> {
  const options = ['--profile=fast', '--guests=none', `--api=${api}`, '--subnet=127.99.0.0/16'];
  const simulator = await startSimulator(['dist/prism-simulator'], options);
  const home = benchFolder('bench-fleeting-');
  const client = new PrismClient(simulator);
  const host = new FleetingHost(PLUGIN, { env: { ...process.env, ...simulator.env, HOME: home } });
  const config = {
    name: 'bench',
    max_size: Math.max(...plan.sizes),
    parallel: 50,
    wait_for: 'ip',
    state_dir: home,
  };
  try {
    return await measured(`ours, API ${api}`, host, config, plan, () => requestsOf(client));
  } finally {
    process.kill(host.pluginPid, 'SIGKILL'); // its instances go with the simulator
    await host.close();
    client.close();
    await simulator.stop();
  }
}

async function requestsOf(client: PrismClient): Promise<number> {
  const { body } = await client.ask('GET', '/simulator/state');
  return stateShape.parse(body).requests.total;
}

async function ofGitLab(plan: Plan): Promise<Row> {
  const host = new FleetingHost(DUMMY_PLUGIN);
  try {
    return await measured("GitLab's in Go", host, { MaxSize: 100_000 }, plan, () => Promise.resolve(0));
  } finally {
    await host.close();
  }
}

async function starts(rounds: number): Promise<readonly string[][]> {
  const subjects = [PLUGIN, DUMMY_PLUGIN].map((program) => ({ program, samples: new Array<number>() }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { program, samples } of subjects) {
      const ms = await handshakeMs(program);
      if (round > 0) samples.push(ms); // the first round only fills the file cache
    }
  }
  const [ours = NaN, gitlab = NaN] = subjects.map(({ samples }) => medianOf(samples));
  return [
    ['', 'ms', "/ GitLab's"],
    ['start to handshake, ours', ours.toFixed(1), (ours / gitlab).toFixed(2)],
    ["start to handshake, GitLab's in Go", gitlab.toFixed(1), '1.00'],
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const missing = [PLUGIN, DUMMY_PLUGIN].find((path) => !existsSync(path));
  if (missing !== undefined) throw new BenchError(`${missing} is not there: run \`make build tools\``);
  const plan = values.quick ? QUICK : WHOLE;
  console.log(table(await starts(plan.starts)));
  const rows = [await ofGitLab(plan)];
  for (const api of APIS) rows.push(await ofOurs(api, plan));
  const head = [
    '',
    'Init ms',
    'requests',
    ...plan.sizes.flatMap((size) => [`Update of ${size} ms`, 'requests']),
    'RSS MiB',
    'private MiB',
  ];
  const cells = rows.map(({ name, init, requestsOfInit, updates, residentMiB, privateMiB }) => [
    name,
    init.toFixed(1),
    String(requestsOfInit),
    ...updates.flatMap(({ ms, requests }) => [ms.toFixed(1), requests.toFixed(1)]),
    residentMiB?.toFixed(1) ?? '-',
    privateMiB?.toFixed(1) ?? '-',
  ]);
  console.log(`\n${table([head, ...cells])}`);
  const [cpu] = cpus();
  console.log(
    `\nMedians; ${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}. Times of Init and Update as GitLab's host measures them; requests to Prism Central, of which Init is the first of any group there.`,
  );
}

runBench(main);
