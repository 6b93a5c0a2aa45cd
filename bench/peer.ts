/**
 * bun bench/peer.ts [--api v3|v4] [--machines 1,20,100,300] [--rounds 5] [--limits recorded] [--busy 2] [--commands]
 * [--life] [--fleet] [--profile fast] [--only ours,peer] [--only ours,before,peer --before FOLDER]:
 * docker-machine with our driver and with a small Go driver that sends the same requests (bench/go-peer), in turn, in one
 * run, on one simulator with the latencies of real servers. `--commands`: also `ls`, `status`, `ip` and `ssh` of one machine;
 * `--life`: create, stop, start, rm, and what the driver's calls take on top of the guest; `--fleet`: nutanix-hosts with five hosts. `--all`: every table of docs/agent.md, by
 * one run of this program after the other, ten minutes on a quiet machine, and as long as its disk needs for 3,000 machines.
 * PEER=FILE measures another binary of the driver "peer" instead; it has to read our config.json. Needs Linux, root,
 * `make build tools` and scripts/build-peer.sh. Each table is printed as soon as it is measured.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeVms } from './many-vms.js';
import { measureCommands, measureLife } from './peer-commands.js';
import { measureCalls } from './peer-calls.js';
import { measureFleets } from './peer-fleet.js';
import { measureLs, type PeerRun } from './peer-ls.js';
import { docker, peerBinary, subjectsIn } from './peer-subjects.js';
import { Report } from './report.js';
import { benchFolder, endedWithBench, runBench } from './run-bench.js';
import { guestOptions, startSimulator, type SimulatorProcess } from './simulator-process.js';

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    api: { type: 'string', default: 'v3' },
    machines: { type: 'string', default: '1,20,100,300' },
    rounds: { type: 'string', default: '5' },
    limits: { type: 'string', default: 'none' },
    profile: { type: 'string', default: 'real' },
    busy: { type: 'string', default: '0' },
    commands: { type: 'boolean', default: false },
    life: { type: 'boolean', default: false },
    fleet: { type: 'boolean', default: false },
    before: { type: 'string' },
    only: { type: 'string', default: 'ours,ours alone,peer' },
    json: { type: 'string' },
  },
});

const BESIDE = '--only=ours,peer,floor';
/** The tables of docs/agent.md: what is measured, and how. The most important ones come first. */
const ALL = [
  ['v3', BESIDE, '--machines=100,300', '--commands'],
  ['v4', BESIDE, '--machines=100,300', '--commands'],
  ['v3, both cores busy', BESIDE, '--machines=100,300', '--rounds=3', '--busy=2'],
  ['v4, recorded limits', BESIDE, '--machines=100', '--rounds=3', '--limits=recorded'],
  [
    'v3, servers and guests that answer at once',
    '--only=ours,ours alone,peer',
    '--machines=',
    '--profile=fast',
    '--life',
  ],
  ['v3, fleet', '--only=ours,ours alone', '--machines=', '--profile=fast', '--rounds=3', '--fleet'],
  // The few before find out whether there is an agent, and start it.
  ['v3, many machines', BESIDE, '--machines=20,1000', '--rounds=1'],
] as const;

async function measureAll(): Promise<void> {
  for (const [title, ...args] of ALL) {
    console.log(`\n== ${title}`);
    const api = title.startsWith('v4') ? 'v4' : 'v3';
    const command = ['bench/peer.ts', `--api=${api}`, ...args];
    // Not synchronous: a signal ends this program too.
    await once(spawn(process.execPath, command, { stdio: 'inherit' }), 'exit');
  }
}

async function main(): Promise<void> {
  peerBinary();
  if (values.all) {
    await measureAll();
    return;
  }
  const folder = benchFolder('bp-');
  const options = guestOptions(values.profile === 'fast' ? 'fast' : 'real');
  const simulator = await startSimulator(
    ['dist/prism-simulator'],
    [...options, `--v4-limits=${values.limits}`],
  );
  const subjects = subjectsIn(folder, values.only.split(','), values.before ?? '');
  const busy = Array.from({ length: Number(values.busy) }, () =>
    endedWithBench(spawn('sh', ['-c', 'while :; do :; done'])),
  );
  const run: PeerRun = {
    subjects,
    env: { ...simulator.env, NUTANIX_API: values.api },
    original: join(folder, 'original'),
    folder,
    rounds: Number(values.rounds),
    api: values.api,
    profile: values.profile,
    report: new Report(),
    ratios: {},
  };
  try {
    await measure(run, simulator);
    const load = loadavg().map((one) => one.toFixed(1));
    console.log(
      `\nMedians of interleaved rounds; API ${values.api}, limits ${values.limits}, profile ` +
        `${values.profile}, ${busy.length} busy loops beside; ${cpus().length} cores, load ${load.join(' ')}.`,
    );
    if (values.json !== undefined) keep(values.json, run.ratios);
  } finally {
    for (const one of busy) one.kill('SIGKILL');
    for (const { group } of subjects) await group.end();
    await simulator.stop();
  }
}

async function measure(run: PeerRun, simulator: SimulatorProcess): Promise<void> {
  const [first] = run.subjects;
  if (first === undefined) return;
  const counts = values.machines.split(',').filter(Boolean).map(Number);
  if (counts.length > 0 || values.commands) {
    const create = ['create', '-d', 'nutanix', '--nutanix-agent=on', 'web-1'];
    const made = await docker(first, { ...run.env, NUTANIX_AGENT: 'off' }, run.original, create);
    if (made.code !== 0) throw new Error(made.output);
  }
  const vms = counts.length === 0 ? [] : await makeVms(simulator, Math.max(...counts));
  for (const count of counts) await measureLs(run, vms.slice(0, count));
  if (values.commands) await measureCommands(run);
  if (values.life) {
    await measureLife(run);
    await measureCalls(run);
  }
  if (values.fleet) await measureFleets(run);
}

/** Adds the ratios to a file of ratios. */
function keep(path: string, ratios: Readonly<Record<string, number>>): void {
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>) : {};
  // Of a run that is over before its memory was looked at there is none.
  const rounded = Object.entries(ratios)
    .filter(([, ratio]) => Number.isFinite(ratio))
    .map(([name, ratio]): [string, number] => [name, Number(ratio.toFixed(3))]);
  writeFileSync(path, `${JSON.stringify({ ...before, ...Object.fromEntries(rounded) }, undefined, 2)}\n`);
}

runBench(main);
