/**
 * One table about the simulator under load, the packaged executable beside the Node build: thousands of VMs made
 * over the API, a mixed load at a fixed rate, and the highest rate. VMs have no guests (`--guests none`): it is
 * the API that is measured. The load comes from this process, on the same cores. Any error is exit code 1.
 */
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { at, PrismClient } from './prism-client.js';
import { runBench } from './run-bench.js';
import { BUILDS, startSimulator, type SimulatorProcess } from './simulator-process.js';
import { percentile, table } from './table.js';
import { findPlaces, Ledger, MixedLoad, taskOf, vmBody, type Places } from './vm-load.js';

/** Requests under way at one time where as many as possible are sent. */
const PARALLEL = 16;

interface Plan {
  readonly vms: number;
  readonly rate: number;
  readonly seconds: number;
}

interface Row {
  readonly cells: readonly string[];
  readonly errors: number;
}

async function parallel(turn: () => Promise<boolean>): Promise<void> {
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      while (await turn());
    }),
  );
}

/** Makes the VMs and waits for the last task. */
async function fill(client: PrismClient, ledger: Ledger, places: Places, count: number) {
  const vms: string[] = [];
  let task = '';
  let next = 0;
  await parallel(async () => {
    const number = next++;
    if (number >= count) return false;
    const body = vmBody(places, `vm-${number}`);
    const reply = await ledger.count(performance.now(), 202, client.ask('POST', '/vms', body));
    vms.push(String(at(reply?.body, 'metadata', 'uuid')));
    if (reply !== undefined) task = taskOf(reply);
    return true;
  });
  await tasksOver(client, ledger);
  return { vms, task };
}

/** A task that failed is an error, too. */
async function tasksOver(client: PrismClient, ledger: Ledger): Promise<void> {
  const count = async (filter: string): Promise<number> => {
    const { body } = await client.ask('POST', '/tasks/list', { kind: 'task', length: 1, filter });
    return Number(at(body, 'metadata', 'total_matches'));
  };
  while ((await count('status==QUEUED,status==RUNNING')) > 0) await pause(20);
  const unsuccessful = await count('status!=SUCCEEDED');
  if (unsuccessful > 0) ledger.fail(`${unsuccessful} tasks did not succeed`);
}

/** Sends at the moments of the plan, however long answers take; latency counts from those moments. */
async function atRate(load: MixedLoad, { rate, seconds }: Plan): Promise<void> {
  const began = performance.now();
  const under: Promise<void>[] = [];
  for (let turn = 0; turn < rate * seconds; turn++) {
    const due = began + (turn * 1000) / rate;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    under.push(load.next(due));
  }
  await Promise.all(under);
}

async function asFastAsItGoes(load: MixedLoad, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  await parallel(async () => {
    await load.next(performance.now());
    return performance.now() < end;
  });
  return seconds;
}

async function measure(name: string, simulator: SimulatorProcess, plan: Plan): Promise<Row[]> {
  const client = new PrismClient(simulator);
  try {
    const places = await findPlaces(client, simulator.env);
    let vms: readonly string[] = [];
    let task = '';
    const phase = async (label: string, run: (ledger: Ledger) => Promise<void>): Promise<Row> => {
      const [cpuBefore, began, ledger] = [simulator.cpuSeconds(), performance.now(), new Ledger()];
      await run(ledger);
      const seconds = (performance.now() - began) / 1000;
      const cpu = simulator.cpuSeconds() - cpuBefore;
      await tasksOver(client, ledger);
      return row(`${name}: ${label}`, ledger, { seconds, cpu, residentMiB: simulator.residentMiB() });
    };
    const load = (ledger: Ledger): MixedLoad => new MixedLoad(client, ledger, places, vms, task);
    return [
      await phase(`make ${plan.vms} VMs`, async (ledger) => {
        ({ vms, task } = await fill(client, ledger, places, plan.vms));
      }),
      await phase(`mixed, ${plan.rate}/s`, (ledger) => atRate(load(ledger), plan)),
      await phase(`mixed, ${PARALLEL} at a time`, async (ledger) => {
        await asFastAsItGoes(load(ledger), plan.seconds / 3);
      }),
    ];
  } finally {
    client.close();
  }
}

interface Spent {
  readonly seconds: number;
  readonly cpu: number;
  readonly residentMiB: number;
}

function row(label: string, ledger: Ledger, { seconds, cpu, residentMiB }: Spent): Row {
  const milliseconds = [50, 95, 99].map((part) => percentile(ledger.latencies, part)?.toFixed(1) ?? '-');
  const counts = [ledger.requests, ledger.errors].map(String);
  const rate = (ledger.requests / seconds).toFixed(0);
  const rest = [seconds.toFixed(1), cpu.toFixed(1), residentMiB.toFixed(0)];
  return { cells: [label, ...counts, rate, ...milliseconds, ...rest], errors: ledger.errors };
}

function planOf(): Plan {
  const { values } = parseArgs({
    options: {
      vms: { type: 'string', default: '5000' },
      rate: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '30' },
    },
  });
  const whole = (name: keyof typeof values, highest: number): number => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number >= 1 && number <= highest) return number;
    throw new Error(`--${name} takes a whole number from 1 to ${highest}`);
  };
  return { vms: whole('vms', 20_000), rate: whole('rate', 5_000), seconds: whole('seconds', 300) };
}

async function main(): Promise<void> {
  const plan = planOf();
  const rows: Row[] = [];
  for (const [name, command] of BUILDS) {
    const simulator = await startSimulator(command, ['--guests=none']);
    try {
      rows.push(...(await measure(name, simulator, plan)));
    } finally {
      await simulator.stop();
    }
  }
  const head = ['', 'requests', 'errors', '/s', 'p50 ms', 'p95 ms', 'p99 ms', 's', 'CPU s', 'RSS MiB'];
  console.log(table([head, ...rows.map(({ cells }) => cells)]));
  const [cpu] = cpus();
  console.log(
    `\n${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}, shared with the load's own process.`,
  );
  if (rows.some(({ errors }) => errors > 0)) process.exitCode = 1;
}

runBench(main);
