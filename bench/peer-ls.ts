import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { recordedTimes as timesOfV3 } from '../src/simulator/v3/recorded-times.js';
import { recordedTimes as timesOfV4 } from '../src/simulator/v4/recorded-times.js';
import { storeOf, type RunningVm } from './many-vms.js';
import { docker, FLOOR, type Subject } from './peer-subjects.js';
import type { Report } from './report.js';
import { medianOf, table } from './table.js';

export interface PeerRun {
  readonly subjects: readonly Subject[];
  /** The simulator's, and the API. */
  readonly env: object;
  /** A store with one machine. */
  readonly original: string;
  readonly folder: string;
  readonly rounds: number;
  readonly api: string;
  readonly profile: string;
  readonly report: Report;
  /** For bench/check.ts. */
  readonly ratios: Record<string, number>;
}

interface Figures {
  readonly wall: number;
  readonly cpu: number;
  readonly wrong: number;
  readonly timeouts: number;
}

/** `ls` by one of them. */
interface Measured {
  readonly subject: Subject;
  readonly store: string;
  readonly figures: Figures[];
  /** MiB */
  memory: number;
}

const isPlugin = (commandLine: string): boolean => commandLine.includes('docker-machine-driver-');

/** `ls` of so many machines, by each of the subjects in turn. */
export async function measureLs(run: PeerRun, vms: readonly RunningVm[]): Promise<void> {
  const count = vms.length;
  const { subjects, folder, original, report } = run;
  const measured = subjects.map((subject): Measured => {
    const store = join(folder, `${subject.group.name}-${count}`);
    storeOf(vms, original, store, subject.driver);
    return { subject, store, figures: [], memory: NaN };
  });
  report.begin(() => lsTable(run, count, measured));
  for (let round = 0; round < run.rounds; round += 1) {
    for (const { subject, store, figures } of measured) figures.push(await list(run, subject, store, count));
  }
  for (const one of measured) one.memory = await memoryOf(run, one);
  report.finish();
  keepRatios(run, count, measured);
  for (const { store } of measured) rmSync(store, { recursive: true });
}

/** `ls` shows a machine whose plugin did not answer in ten seconds as Timeout. */
async function list({ env }: PeerRun, subject: Subject, store: string, count: number): Promise<Figures> {
  const { wall, cpu, output } = await docker(subject, env, store, ['ls', '--format', '{{.Name}} {{.State}}']);
  const states = output.split('\n').flatMap((line) => / (\w+)$/.exec(line)?.[1] ?? []);
  const running = states.filter((state) => state === 'Running').length;
  const timeouts = states.filter((state) => state === 'Timeout').length;
  return { wall, cpu, wrong: count - running, timeouts };
}

/** The most private memory that all plugin processes together have during `ls`, MiB; a run of its own. */
async function memoryOf({ env }: PeerRun, { subject, store }: Measured): Promise<number> {
  let most = 0;
  let timer: NodeJS.Timeout;
  // A listing of 40 takes a fifth of a second; to look at 1,000 processes takes so long that it must not be done all the time.
  const look = (): void => {
    const began = performance.now();
    most = Math.max(most, subject.group.privateMiB(isPlugin));
    timer = setTimeout(look, Math.max(20, 4 * (performance.now() - began)));
  };
  timer = setTimeout(look, 20);
  await docker(subject, env, store, ['ls']);
  clearTimeout(timer);
  return most;
}

/** How long the server takes for the one list that a driver cannot do without, s. */
function listSeconds({ api, profile }: PeerRun): number {
  if (profile !== 'real') return 0;
  const ms = api === 'v3' ? timesOfV3.calls['POST /vms/list'] : timesOfV4.calls['GET /vmm/ahv/config/vms'];
  return (ms ?? NaN) / 1000;
}

function medianIn({ figures }: Measured, part: keyof Figures): number {
  return medianOf(figures.map((one) => one[part])) ?? NaN;
}

function wallOf(run: PeerRun, one: Measured): number {
  return medianIn(one, 'wall') + (one.subject.name === FLOOR ? listSeconds(run) : 0);
}

function lsTable(run: PeerRun, count: number, measured: readonly Measured[]): string {
  const peer = measured.find(({ subject }) => subject.name === 'peer');
  const wallOfPeer = peer === undefined ? NaN : wallOf(run, peer);
  const cpuOfPeer = peer === undefined ? NaN : medianIn(peer, 'cpu');
  const head = [
    `ls of ${count}, ${run.api}`,
    'wall s',
    '/ peer',
    'CPU s',
    '/ peer',
    'private MiB',
    'wrong states',
    'timeouts',
    'rounds',
  ];
  const rows = measured.map((one) => {
    const [wall, cpu] = [wallOf(run, one), medianIn(one, 'cpu')];
    return [
      one.subject.name,
      wall.toFixed(2),
      (wall / wallOfPeer).toFixed(2),
      cpu.toFixed(2),
      (cpu / cpuOfPeer).toFixed(2),
      one.memory.toFixed(0),
      medianIn(one, 'wrong').toFixed(0),
      medianIn(one, 'timeouts').toFixed(0),
      String(one.figures.length),
    ];
  });
  const hasFloor = measured.some(({ subject }) => subject.name === FLOOR);
  const note = `floor: a do-nothing plugin in Go, and ${(listSeconds(run) * 1000).toFixed(0)} ms for one list.`;
  return `${table([head, ...rows])}${hasFloor ? `\n${note}` : ''}`;
}

function keepRatios(run: PeerRun, count: number, measured: readonly Measured[]): void {
  const peer = measured.find(({ subject }) => subject.name === 'peer');
  if (peer === undefined) return;
  for (const one of measured) {
    const { name } = one.subject;
    if (name === 'peer' || name === FLOOR) continue;
    const title = `${run.api} ls ${count} ${name}`;
    run.ratios[`${title} wall`] = wallOf(run, one) / wallOf(run, peer);
    run.ratios[`${title} cpu`] = medianIn(one, 'cpu') / medianIn(peer, 'cpu');
    run.ratios[`${title} memory`] = one.memory / peer.memory;
  }
}
