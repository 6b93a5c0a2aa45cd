/**
 * One table about emulated guests: the memory that each of many running guests takes, and how long the real
 * docker-machine takes from `create` to a Docker engine that answers. Needs `make build tools`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { at, PrismClient } from './prism-client.js';
import {
  BUILDS,
  guestOptions,
  SSH_PORT,
  startSimulator,
  type SimulatorProcess,
} from './simulator-process.js';
import { benchFolder, runBench } from './run-bench.js';
import { medianOf, table } from './table.js';
import { findPlaces, vmBody } from './vm-load.js';

/** Until the last guest answers. */
const PATIENCE_MS = 60_000;
const PROFILES = ['fast', 'real'] as const;

/** Memory without guests and with `count` that run, MiB; ms until all of them answer SSH. */
async function memory(command: readonly string[], count: number) {
  const simulator = await startSimulator(command, guestOptions('fast'));
  const client = new PrismClient(simulator);
  try {
    const places = await findPlaces(client, simulator.env);
    const before = simulator.residentMiB();
    const began = performance.now();
    const vms: string[] = [];
    for (let number = 0; number < count; number++) {
      const body = vmBody(places, `guest-${number}`, { power_state: 'ON' });
      const reply = await client.ask('POST', '/vms', body);
      if (reply.status !== 202) throw new Error(`create answered ${reply.status}`);
      vms.push(String(at(reply.body, 'metadata', 'uuid')));
    }
    for (const vm of vms) await answersSsh(await addressOf(client, vm));
    const ready = performance.now() - began;
    return { before, after: simulator.residentMiB(), ready };
  } finally {
    client.close();
    await simulator.stop();
  }
}

async function addressOf(client: PrismClient, vm: string): Promise<string> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 20) {
    const { body } = await client.ask('GET', `/vms/${vm}`);
    const address = at(body, 'spec', 'resources', 'nic_list', '0', 'ip_endpoint_list', '0', 'ip');
    if (typeof address === 'string') return address;
    await pause(20);
  }
  throw new Error(`VM ${vm} has no address`);
}

async function answersSsh(host: string): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 20) {
    const socket = connect({ host, port: SSH_PORT });
    const answered = await Promise.race([
      once(socket, 'data').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (answered) return;
    await pause(20);
  }
  throw new Error(`nothing answers on ${host}:${SSH_PORT}`);
}

/** Seconds of `docker-machine create` and `rm`, several times on one simulator. */
async function createTimes(
  command: readonly string[],
  profile: (typeof PROFILES)[number],
  rounds: number,
): Promise<number[]> {
  const simulator = await startSimulator(command, guestOptions(profile));
  const store = benchFolder('bench-guests-');
  try {
    // The certificates are made once in a store's life, so they are no part of what is measured.
    await machine(simulator, store, 'create', '-d', 'none', '--url', 'tcp://127.0.0.1:2376', 'none');
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const began = performance.now();
      await machine(simulator, store, 'create', '-d', 'nutanix', `web-${round}`);
      times.push((performance.now() - began) / 1000);
      await machine(simulator, store, 'rm', '-f', `web-${round}`);
    }
    return times;
  } finally {
    await simulator.stop();
  }
}

async function machine(simulator: SimulatorProcess, store: string, ...args: string[]): Promise<void> {
  const path = [resolve('dist'), resolve('.tools'), process.env['PATH']].join(':');
  const env = { ...process.env, ...simulator.env, PATH: path, MACHINE_STORAGE_PATH: store };
  const child = spawn(resolve('.tools/docker-machine'), args, {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as unknown[];
  if (code !== 0) throw new Error(`docker-machine ${args.join(' ')} ended with ${String(code)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { guests: { type: 'string', default: '300' }, rounds: { type: 'string', default: '3' } },
  });
  const [guests, rounds] = [Number(values.guests), Number(values.rounds)];
  const valid = [guests, rounds].every((number) => Number.isInteger(number) && number > 0 && number <= 1000);
  if (!valid) throw new Error('--guests and --rounds take whole numbers from 1 to 1000');
  const rows: string[][] = [];
  for (const [name, command] of BUILDS) {
    const { before, after, ready } = await memory(command, guests);
    const each = (((after - before) * 1024) / guests).toFixed(0);
    const creates: string[] = [];
    for (const profile of PROFILES) {
      creates.push((medianOf(await createTimes(command, profile, rounds)) ?? NaN).toFixed(1));
    }
    const seconds = (ready / 1000).toFixed(1);
    rows.push([name, before.toFixed(0), after.toFixed(0), each, seconds, ...creates]);
  }
  const creates = PROFILES.map((profile) => `create, ${profile} s`);
  console.log(
    table([['', 'RSS MiB', `with ${guests} MiB`, 'KiB each', 'all answer s', ...creates], ...rows]),
  );
  console.log(
    `\ncreate: docker-machine create until Docker answers, median of ${rounds}, by latency profile.`,
  );
}

runBench(main);
