/**
 * `make bench-volumes` (as root): the volume plugin as hosts meet it, the packaged executable in front of a simulator, with
 * real file systems on loop devices. What is measured is our part: the disks are there already when they are attached,
 * and Prism Central's tasks take 3 ms (`fast`) or what real ones took (`real`). `--quick` does little of everything.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { at, PrismClient } from './prism-client.js';
import { runBench } from './run-bench.js';
import { startSimulator, type SimulatorProcess } from './simulator-process.js';
import { medianOf, percentile, table } from './table.js';
import { findPlaces, vmBody } from './vm-load.js';
import { LoopDisks, VolumeHost, type Memory, type Spent } from './volume-host.js';

const PROGRAM = 'dist/nutanix-volume';
/** xfs takes nothing below 300 MB. */
const SIZE_BYTES = 512 << 20;

interface Plan {
  /** Mounts of one volume, one after the other. */
  readonly mounts: number;
  /** The same at a real Prism Central's times. */
  readonly slowMounts: number;
  readonly hosts: number;
  readonly volumesEach: number;
  readonly manyVolumes: number;
  /** Calls of Get and of List. */
  readonly rounds: number;
  readonly writes: number;
}

const WHOLE: Plan = {
  mounts: 20,
  slowMounts: 3,
  hosts: 5,
  volumesEach: 10,
  manyVolumes: 1000,
  rounds: 1000,
  writes: 9,
};
const QUICK: Plan = {
  mounts: 2,
  slowMounts: 0,
  hosts: 2,
  volumesEach: 2,
  manyVolumes: 20,
  rounds: 20,
  writes: 1,
};

/** A simulator with VMs, and a host in each of them. */
interface Site {
  readonly client: PrismClient;
  readonly hosts: readonly VolumeHost[];
  readonly stop: () => Promise<void>;
}

async function openSite(folder: string, profile: 'fast' | 'real', count: number): Promise<Site> {
  const simulator = await startSimulator(
    ['dist/prism-simulator'],
    [`--profile=${profile}`, '--guests=none', '--pc-version=pc.7.6'],
  );
  const client = new PrismClient(simulator);
  const hosts: VolumeHost[] = [];
  const stop = async (): Promise<void> => {
    for (const host of hosts) await host.stop();
    client.close();
    await simulator.stop();
  };
  try {
    for (const vmId of await makeVms(client, simulator, count)) {
      const host = new VolumeHost(join(folder, `${profile}-${hosts.length}`), PROGRAM, simulator, vmId);
      hosts.push(host);
      await host.start();
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { client, hosts, stop };
}

async function makeVms(
  client: PrismClient,
  { env }: SimulatorProcess,
  count: number,
): Promise<readonly string[]> {
  const places = await findPlaces(client, env);
  const made: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const { body } = await client.ask('POST', '/vms', vmBody(places, `host-${number}`));
    made.push(String(at(body, 'metadata', 'uuid')));
  }
  return made;
}

/** Makes a volume and the device of its disk. */
async function makeVolume(site: Site, host: VolumeHost, disks: LoopDisks, Name: string): Promise<void> {
  await host.call('Create', { Name, Opts: { size: `${SIZE_BYTES >> 20}M`, fs: 'xfs' } });
  const { answer } = await host.call('Get', { Name });
  const id = String(at(answer, 'Volume', 'Status', 'id'));
  const path = `/api/volumes/v4.0/config/volume-groups/${id}/disks`;
  const { body } = await site.client.ask('GET', path);
  disks.make(Name, SIZE_BYTES, String(at(body, 'data', '0', 'extId')));
}

/** Mounts and gives back a volume that exists: how long each call takes, and where that time goes. */
async function mountOne(site: Site, disks: LoopDisks, name: string, rounds: number): Promise<string[]> {
  const [host] = site.hosts;
  if (host === undefined) throw new Error('no host');
  await makeVolume(site, host, disks, name);
  // The first one formats it.
  await host.call('Mount', { Name: name, ID: 'first' });
  await host.call('Unmount', { Name: name, ID: 'first' });
  const [mounts, unmounts, requests]: [number[], number[], number[]] = [[], [], []];
  const spent: { readonly [part in keyof Spent]: number[] } = { asking: [], waiting: [], own: [] };
  const cpuBefore = host.cpuMs();
  for (let round = 0; round < rounds; round += 1) {
    const [before, began] = [host.requests, performance.now()];
    const { ms } = await host.call('Mount', { Name: name, ID: 'one' });
    const { asking, waiting, own } = host.spentSince(began);
    requests.push(host.requests - before);
    spent.asking.push(asking);
    spent.waiting.push(waiting);
    spent.own.push(own);
    mounts.push(ms);
    unmounts.push((await host.call('Unmount', { Name: name, ID: 'one' })).ms);
  }
  return [
    shown(medianOf(mounts)),
    shown(percentile(mounts, 95)),
    String(medianOf(requests) ?? '-'),
    shown(medianOf(spent.asking)),
    shown(medianOf(spent.waiting)),
    shown(medianOf(spent.own)),
    shown(medianOf(unmounts)),
    shown((host.cpuMs() - cpuBefore) / rounds),
  ];
}

/** Every host mounts its volumes at the same moment. */
async function mountMany(site: Site, disks: LoopDisks, volumesEach: number): Promise<string> {
  const all = site.hosts.flatMap((host, number) =>
    Array.from({ length: volumesEach }, (_, index) => ({ host, Name: `many-${number}-${index}` })),
  );
  for (const { host, Name } of all) await makeVolume(site, host, disks, Name);
  const use = async (method: string): Promise<{ readonly each: number[]; readonly ms: number }> => {
    const began = performance.now();
    const calls = await Promise.all(all.map(({ host, Name }) => host.call(method, { Name, ID: Name })));
    return { each: calls.map(({ ms }) => ms), ms: performance.now() - began };
  };
  const lines: string[] = [];
  for (const kind of ['first mounts, which format', 'mounts of existing volumes']) {
    const { each, ms } = await use('Mount');
    const figures = `p50 ${shown(medianOf(each))} ms, slowest ${shown(Math.max(...each))} ms`;
    lines.push(`${all.length} ${kind}: all done after ${shown(ms)} ms; ${figures}`);
    await use('Unmount');
  }
  return `${site.hosts.length} hosts, ${volumesEach} volumes each, at once, fast Prism:\n  ${lines.join('\n  ')}`;
}

/** Volumes that Prism has and this host knows, as if it had seen them all: made without the plugin, which is not measured. */
async function seeMany({ client }: Site, host: VolumeHost, count: number): Promise<void> {
  await host.call('Create', { Name: 'known-0', Opts: { size: '1G' } });
  const { answer } = await host.call('Get', { Name: 'known-0' });
  const first = String(at(answer, 'Volume', 'Status', 'id'));
  const groups = '/api/volumes/v4.0/config/volume-groups';
  const { body } = await client.ask('GET', `${groups}/${first}`);
  const [description, clusterReference] = [
    at(body, 'data', 'description'),
    at(body, 'data', 'clusterReference'),
  ];
  for (let index = 1; index < count; index += 1) {
    await client.ask('POST', groups, { name: `known-${index}`, description, clusterReference });
  }
  host.remember(first, 'known-', count);
}

/** What a host that knows many volumes answers, and what it asks for that. */
async function knowMany(site: Site, host: VolumeHost, { manyVolumes, rounds }: Plan): Promise<string> {
  await seeMany(site, host, manyVolumes);
  const before = { requests: host.requests, cpuMs: host.cpuMs() };
  const times = { Get: new Array<number>(), List: new Array<number>() };
  for (let index = 0; index < rounds; index += 1) {
    times.Get.push((await host.call('Get', { Name: `known-${index % manyVolumes}` })).ms);
    times.List.push((await host.call('List')).ms);
  }
  const [asked, cpuMs] = [host.requests - before.requests, (host.cpuMs() - before.cpuMs) / (2 * rounds)];
  const rows = Object.entries(times).map(([method, each]) => [
    method,
    String(each.length),
    ...[50, 95, 99, 100].map((part) => (percentile(each, part) ?? NaN).toFixed(1)),
  ]);
  const began = performance.now();
  const { stdout, requests } = host.run('ls', '--json');
  const listed: unknown = JSON.parse(stdout);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const count = Array.isArray(listed) ? listed.length : NaN;
  return [
    `a host that knows ${manyVolumes} volumes; requests to Prism meanwhile: ${asked}; CPU ${cpuMs.toFixed(1)} ms each`,
    table([['', 'calls', 'p50 ms', 'p95 ms', 'p99 ms', 'most ms'], ...rows]),
    `nutanix-volume ls (${count} volumes): ${seconds} s, ${requests} requests`,
  ].join('\n');
}

/** Writes the same place again and again, past the cache, on a mounted volume and on a bare device, in turn. */
async function write(site: Site, disks: LoopDisks, rounds: number): Promise<string> {
  const [host] = site.hosts;
  if (host === undefined) throw new Error('no host');
  await makeVolume(site, host, disks, 'written');
  const { answer } = await host.call('Mount', { Name: 'written', ID: 'writer' });
  const targets = [join(String(at(answer, 'Mountpoint')), 'file'), disks.make('bare', SIZE_BYTES)];
  const speeds = targets.map(() => new Array<number>());
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, target] of targets.entries()) {
      const began = performance.now();
      const options = ['bs=4M', 'count=64', 'oflag=direct', 'conv=notrunc,fsync', 'status=none'];
      execFileSync('dd', ['if=/dev/zero', `of=${target}`, ...options]);
      // The first one makes the room for it in the files below.
      if (round > 0) speeds[index]?.push(256_000 / (performance.now() - began));
    }
  }
  await host.call('Unmount', { Name: 'written', ID: 'writer' });
  const [volume = NaN, bare = NaN] = speeds.map((each) => medianOf(each) ?? NaN);
  return `256 MiB written in order: ${shown(volume)} MiB/s through the volume, ${shown(bare)} MiB/s to a bare device, ratio ${(volume / bare).toFixed(2)}`;
}

/** What mount(8) needs for the same device, ms. */
function bareMount(disks: LoopDisks, folder: string): number {
  const device = disks.make('bare-mount', SIZE_BYTES);
  execFileSync('mkfs.xfs', ['-q', device]);
  const times = Array.from({ length: 11 }, () => {
    const began = performance.now();
    execFileSync('mount', [device, folder]);
    const ms = performance.now() - began;
    execFileSync('umount', [folder]);
    return ms;
  });
  return medianOf(times) ?? NaN;
}

async function main(plan: Plan): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-volumes-'));
  const disks = new LoopDisks(join(folder, 'disks'));
  const sites: Site[] = [];
  try {
    const fast = await openSite(folder, 'fast', plan.hosts);
    sites.push(fast);
    const [host] = fast.hosts;
    if (host === undefined) throw new Error('no host');
    const memory: (readonly [string, Memory])[] = [['idle', host.memory()]];
    const rows = [['fast', ...(await mountOne(fast, disks, 'wpdb', plan.mounts))]];
    memory.push(['after mounts', host.memory()]);
    const kernel = shown(bareMount(disks, mkdtempSync(join(folder, 'mount-'))));
    if (plan.slowMounts > 0) {
      const real = await openSite(folder, 'real', 1);
      sites.push(real);
      rows.push(['real', ...(await mountOne(real, disks, 'wpdb-real', plan.slowMounts))]);
    }
    const head = [
      'Prism',
      'Mount ms',
      'p95',
      'requests',
      'asking',
      'waiting',
      'own',
      'Unmount ms',
      'CPU of both',
    ];
    console.log(`An existing volume, mounted and given back; mount(8) alone: ${kernel} ms`);
    console.log(`${table([head, ...rows])}\n`);
    console.log(`${await mountMany(fast, disks, plan.volumesEach)}\n`);
    memory.push(['after mounts at once', host.memory()]);
    console.log(`${await knowMany(fast, host, plan)}\n`);
    memory.push([`with ${plan.manyVolumes} volumes`, host.memory()]);
    console.log(`${await write(fast, disks, plan.writes)}\n`);
    const memoryRows = memory.map(([when, { residentMiB, anonymousMiB, peakMiB }]) => [
      when,
      ...[residentMiB, anonymousMiB, peakMiB].map((figure) => figure.toFixed(1)),
    ]);
    console.log(table([['memory of a plugin', 'RSS MiB', 'anonymous MiB', 'peak RSS MiB'], ...memoryRows]));
    console.log(`\n${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown CPU'}. Medians.`);
  } finally {
    for (const site of sites) await site.stop();
    disks.free();
    rmSync(folder, { recursive: true, force: true });
  }
}

function shown(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(0);
}

const INSIDE = 'BENCH_VOLUMES_INSIDE';
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
if (process.env[INSIDE] === undefined) {
  // Mounts and names of disks of its own, which go with it whatever happens.
  const args = ['--mount', '--propagation', 'private', process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', args, { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } });
  process.exitCode = status ?? 1;
} else {
  runBench(async () => await main(values.quick ? QUICK : WHOLE));
}
