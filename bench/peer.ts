/**
 * bun bench/peer.ts [--api v3|v4] [--machines 1,20,100,300] [--rounds 5] [--limits recorded] [--busy 2] [--commands]
 * [--only ours,peer] [--only ours,before,peer --before FOLDER]:
 * docker-machine with our driver and with a small Go driver that sends the same requests (bench/go-peer), in turn, in one
 * run, on one simulator with the latencies of real servers. PEER=FILE measures another binary of the driver
 * "peer" instead; it has to read our config.json. Needs Linux, root, `make build tools` and scripts/build-peer.sh.
 */
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { multiplied } from './machine-store.js';
import { makeVms, storeOf } from './many-vms.js';
import { ProcessGroup, type RunCost } from './process-group.js';
import { BenchError, endedWithBench, runBench } from './run-bench.js';
import { guestOptions, startSimulator } from './simulator-process.js';
import { medianOf, table } from './table.js';

const { values } = parseArgs({
  options: {
    api: { type: 'string', default: 'v3' },
    machines: { type: 'string', default: '1,20,100,300' },
    rounds: { type: 'string', default: '5' },
    limits: { type: 'string', default: 'none' },
    profile: { type: 'string', default: 'real' },
    busy: { type: 'string', default: '0' },
    commands: { type: 'boolean', default: false },
    before: { type: 'string' },
    only: { type: 'string', default: 'ours,ours alone,peer' },
    json: { type: 'string' },
  },
});

/** One way to run machines: the driver's name in config.json, and where its binary is. */
interface Subject {
  readonly name: string;
  readonly driver: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly group: ProcessGroup;
}

interface Figures {
  readonly wall: number;
  readonly cpu: number;
  readonly wrong: number;
  readonly timeouts: number;
}

/** `ls` of so many machines by one of them. */
interface Row {
  readonly count: number;
  readonly name: string;
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
  readonly figures: readonly Figures[];
}

const isPlugin = (commandLine: string): boolean => commandLine.includes('docker-machine-driver-');

/** For commands on one machine; each is measured on a machine that runs. */
const COMMANDS = [['ls'], ['status', 'm-1'], ['ip', 'm-1'], ['ssh', 'm-1', 'true']] as const;

/** The binary that is measured against; only `make bench-peer` builds ours. */
function peerBinary(): string {
  const peer = process.env['PEER'] ?? '.tools/docker-machine-driver-peer';
  if (existsSync(peer)) return peer;
  throw new BenchError(
    `bench peer: there is no ${peer}: run \`make bench-peer\`, which builds it (PEER names another)`,
  );
}

function subjectsIn(folder: string, peer: string): Subject[] {
  const binaries = join(folder, 'peer-bin');
  mkdirSync(binaries);
  copyFileSync(peer, join(binaries, 'docker-machine-driver-peer'));
  const subject = (name: string, driver: string, path: string): Subject => {
    const runtime = join(folder, `run-${name.replaceAll(' ', '-')}`);
    mkdirSync(runtime, { mode: 0o700 });
    const env = { XDG_RUNTIME_DIR: runtime };
    return { name, driver, folder: path, env, group: new ProcessGroup(name.replaceAll(' ', '-')) };
  };
  const launcher = existsSync('dist/launcher');
  return values.only.split(',').flatMap((name) => {
    if (name === 'ours') return launcher ? [subject(name, 'nutanix', resolve('dist/launcher'))] : [];
    if (name === 'before') return [subject(name, 'nutanix', resolve(values.before ?? '', 'launcher'))];
    return name === 'peer' ? [subject(name, 'peer', binaries)] : [subject(name, 'nutanix', resolve('dist'))];
  });
}

async function docker(
  subject: Subject,
  env: object,
  store: string,
  args: readonly string[],
): Promise<RunCost> {
  const path = [subject.folder, resolve('.tools'), process.env['PATH']].join(':');
  const all = { ...process.env, ...env, ...subject.env, PATH: path, MACHINE_STORAGE_PATH: store };
  return await subject.group.run(['docker-machine', ...args], all);
}

/** `ls` shows a machine whose plugin did not answer in ten seconds as Timeout. */
async function list(subject: Subject, env: object, store: string, count: number): Promise<Figures> {
  const { wall, cpu, output } = await docker(subject, env, store, ['ls', '--format', '{{.Name}} {{.State}}']);
  const states = output.split('\n').flatMap((line) => / (\w+)$/.exec(line)?.[1] ?? []);
  const running = states.filter((state) => state === 'Running').length;
  return {
    wall,
    cpu,
    wrong: count - running,
    timeouts: states.filter((state) => state === 'Timeout').length,
  };
}

/** The most private memory that all plugin processes together have during `ls`, MiB; a run of its own. */
async function memoryOf(subject: Subject, env: object, store: string): Promise<number> {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, subject.group.privateMiB(isPlugin))), 250);
  await docker(subject, env, store, ['ls']);
  clearInterval(timer);
  return most;
}

const shown = (list: readonly number[], digits: number): string => (medianOf(list) ?? NaN).toFixed(digits);

async function main(): Promise<void> {
  const peer = peerBinary();
  const folder = mkdtempSync(join(tmpdir(), 'bench-peer-'));
  const options = guestOptions(values.profile === 'fast' ? 'fast' : 'real');
  const simulator = await startSimulator(
    ['dist/prism-simulator'],
    [...options, `--v4-limits=${values.limits}`],
  );
  const subjects = subjectsIn(folder, peer);
  const busy = Array.from({ length: Number(values.busy) }, () =>
    endedWithBench(spawn('sh', ['-c', 'while :; do :; done'])),
  );
  const env = { ...simulator.env, NUTANIX_API: values.api };
  const ratios: Record<string, number> = {};
  try {
    const original = join(folder, 'original');
    const [first] = subjects;
    if (first === undefined) return;
    const made = await docker(first, { ...env, NUTANIX_AGENT: 'off' }, original, [
      'create',
      '-d',
      'nutanix',
      '--nutanix-agent=on',
      'web-1',
    ]);
    if (made.code !== 0) throw new Error(made.output);
    const counts = values.machines.split(',').map(Number);
    const vms = await makeVms(simulator, Math.max(...counts));
    const rows: Row[] = [];
    for (const count of counts) {
      const measured = subjects.map((subject) => ({
        subject,
        store: storeOf(
          vms.slice(0, count),
          original,
          join(folder, `${subject.group.name}-${count}`),
          subject.driver,
        ),
        figures: new Array<Figures>(),
      }));
      for (let round = 0; round < Number(values.rounds); round += 1) {
        for (const { subject, store, figures } of measured)
          figures.push(await list(subject, env, store, count));
      }
      const medians = new Map<string, { wall: number; cpu: number; memory: number }>();
      for (const { subject, store, figures } of measured) {
        const memory = await memoryOf(subject, env, store);
        const wall = medianOf(figures.map((one) => one.wall)) ?? NaN;
        const cpu = medianOf(figures.map((one) => one.cpu)) ?? NaN;
        medians.set(subject.name, { wall, cpu, memory });
        rows.push({ count, name: subject.name, wall, cpu, memory, figures });
        rmSync(store, { recursive: true });
      }
      const ofPeer = medians.get('peer');
      for (const [name, one] of medians) {
        if (ofPeer === undefined || name === 'peer') continue;
        ratios[`${values.api} ls ${count} ${name} wall`] = one.wall / ofPeer.wall;
        ratios[`${values.api} ls ${count} ${name} cpu`] = one.cpu / ofPeer.cpu;
        ratios[`${values.api} ls ${count} ${name} memory`] = one.memory / ofPeer.memory;
      }
    }
    const ofPeer = (count: number): Row | undefined =>
      rows.find((row) => row.count === count && row.name === 'peer');
    const head = [
      'ls of',
      'driver',
      'wall s',
      '/ peer',
      'CPU s',
      '/ peer',
      'private MiB',
      'wrong states',
      'timeouts',
    ];
    const body = rows.map(({ count, name, wall, cpu, memory, figures }) => [
      String(count),
      name,
      wall.toFixed(2),
      (wall / (ofPeer(count)?.wall ?? NaN)).toFixed(2),
      cpu.toFixed(2),
      (cpu / (ofPeer(count)?.cpu ?? NaN)).toFixed(2),
      memory.toFixed(0),
      shown(
        figures.map((one) => one.wrong),
        0,
      ),
      shown(
        figures.map((one) => one.timeouts),
        0,
      ),
    ]);
    console.log(table([head, ...body]));
    if (values.commands) await commands(subjects, env, original, folder, ratios);
    const load = loadavg().map((one) => one.toFixed(1));
    console.log(
      `\nMedians of ${values.rounds} interleaved rounds; API ${values.api}, limits ${values.limits}, profile ` +
        `${values.profile}, ${busy.length} busy loops beside; ${cpus().length} cores, load ${load.join(' ')}.`,
    );
    if (values.json !== undefined) keep(values.json, ratios);
  } finally {
    for (const one of busy) one.kill('SIGKILL');
    for (const { group } of subjects) await group.end();
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function commands(
  subjects: readonly Subject[],
  env: object,
  original: string,
  folder: string,
  ratios: Record<string, number>,
): Promise<void> {
  const stores = subjects.map(({ group, driver }) =>
    multiplied(original, join(folder, `${group.name}-one`), 1, driver),
  );
  const rows: string[][] = [];
  for (const command of COMMANDS) {
    const costs = subjects.map(() => new Array<RunCost>());
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const [index, subject] of subjects.entries()) {
        costs[index]?.push(await docker(subject, env, stores[index] ?? '', command));
      }
    }
    const [name = ''] = command;
    const medians = costs.map((list) => medianOf(list.map(({ wall }) => wall)) ?? NaN);
    const peer = medians.at(-1) ?? NaN;
    for (const [index, subject] of subjects.entries()) {
      const wall = medians[index] ?? NaN;
      if (subject.name !== 'peer') ratios[`${values.api} ${name} ${subject.name} wall`] = wall / peer;
      const list = costs[index] ?? [];
      rows.push([
        name,
        subject.name,
        (wall * 1000).toFixed(0),
        (wall / peer).toFixed(2),
        ((medianOf(list.map(({ cpu }) => cpu)) ?? NaN) * 1000).toFixed(0),
        String(list.filter(({ code }) => code !== 0).length),
      ]);
    }
  }
  console.log(`\n${table([['command', 'driver', 'wall ms', '/ peer', 'CPU ms', 'failed'], ...rows])}`);
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
