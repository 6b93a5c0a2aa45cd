/**
 * `bench/run.sh fleet [--rounds N] [--hosts N] [--api v3|v4] [--v4-limits none,recorded]`: nutanix-hosts with the real
 * docker-machine on emulated guests, at the latencies of a real cluster: one host alone, five in parallel, and 50 ten at a
 * time. Each limits of API v4 (with `--api v4`: none and the recorded ones) have a simulator and rows of their own, and the
 * last column tells how many times as long a fleet takes as without limits. Needs `make build tools`.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureFleet, type FleetSample } from './fleet-run.js';
import { benchFolder, runBench } from './run-bench.js';
import { guestOptions, startSimulator, type SimulatorProcess } from './simulator-process.js';
import { medianOf, table } from './table.js';

const DRIVER = 'docker-machine-driver-nutanix';
const PROGRAMS = ['nutanix-hosts', DRIVER, 'docker-machine'];

interface Subject {
  readonly name: string;
  readonly count: number;
  readonly parallel: number;
  readonly rounds: number;
}

/** One subject on one simulator. */
interface Measured extends Subject {
  /** As `--v4-limits` of the simulator takes them. */
  readonly limits: string;
  readonly samples: FleetSample[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      hosts: { type: 'string', default: '50' },
      api: { type: 'string', default: 'v3,v4' },
      'v4-limits': { type: 'string' },
    },
  });
  const [rounds, hosts] = [Number(values.rounds), Number(values.hosts)];
  if (!(rounds >= 1 && hosts >= 0))
    throw new Error('--rounds takes a number from 1 on, --hosts one from 0 on');
  const limits = (values['v4-limits'] ?? (values.api === 'v4' ? 'none,recorded' : 'none')).split(',');
  const subjects: Subject[] = [
    { name: 'one alone', count: 1, parallel: 1, rounds },
    { name: 'five, all at once', count: 5, parallel: 5, rounds },
    ...(hosts === 0 ? [] : [{ name: `${hosts}, ten at a time`, count: hosts, parallel: 10, rounds: 1 }]),
  ];
  const measured = await measureAll(subjects, values.api, limits);
  console.log(table(timeRows(measured)));
  console.log(`\n${table(stepRows(measured))}`);
  console.log(explanation(rounds));
}

async function measureAll(
  subjects: readonly Subject[],
  api: string,
  limits: readonly string[],
): Promise<readonly Measured[]> {
  const folder = benchFolder('bench-fleet-');
  const simulators = new Map<string, SimulatorProcess>();
  const measured = limits.flatMap((one) =>
    subjects.map((subject) => ({ ...subject, limits: one, samples: new Array<FleetSample>() })),
  );
  try {
    for (const one of limits) {
      const options = [...guestOptions('real'), `--api=${api}`, `--v4-limits=${one}`];
      simulators.set(one, await startSimulator(['dist/prism-simulator'], options));
    }
    for (let round = 0; round < Math.max(...subjects.map(({ rounds }) => rounds)); round++) {
      for (const subject of measured) {
        const env = simulators.get(subject.limits)?.env ?? {};
        if (round < subject.rounds) subject.samples.push(await measureFleet(env, folder, subject));
      }
    }
    return measured;
  } finally {
    for (const simulator of simulators.values()) await simulator.stop();
  }
}

function timeRows(measured: readonly Measured[]): string[][] {
  const median = ({ samples }: Measured, of: (sample: FleetSample) => number): number =>
    medianOf(samples.map(of)) ?? NaN;
  const seconds = (of: (other: Measured) => boolean): number => {
    const other = measured.find(of);
    return other === undefined ? NaN : median(other, (sample) => sample.seconds);
  };
  const ratio = (one: number, other: number): string =>
    Number.isNaN(other) ? '-' : (one / other).toFixed(2);
  const rows = measured.map((row) => {
    const own = seconds((other) => other === row);
    const alone = seconds(({ limits, count }) => limits === row.limits && count === 1);
    const free = seconds(({ limits, name }) => limits === 'none' && name === row.name);
    return [
      titleOf(row),
      own.toFixed(1),
      ratio(own, alone),
      ...PROGRAMS.map((program) => median(row, ({ cpu }) => (cpu[program] ?? NaN) / row.count).toFixed(2)),
      ratio(own, free),
    ];
  });
  const programs = PROGRAMS.map((program) => `CPU s ${program === DRIVER ? 'plugin' : program}`);
  return [['', 'seconds', '/ one', ...programs, '/ without limits'], ...rows];
}

function titleOf({ name, limits }: Measured): string {
  return limits === 'none' ? name : `${name}, limits: ${limits}`;
}

/** Where a host's time goes: the mean over the hosts, since one host may be in a step several times. */
function stepRows(measured: readonly Measured[]): string[][] {
  const names = [
    ...new Set(measured.flatMap(({ samples }) => samples.flatMap(({ steps }) => [...steps.keys()]))),
  ];
  const rows = names.map((step) => [
    step,
    ...measured.map(({ samples, count }) => {
      const all = samples.flatMap(({ steps }) => steps.get(step) ?? []);
      return (all.reduce((sum, seconds) => sum + seconds, 0) / samples.length / count).toFixed(1);
    }),
  ]);
  return [['seconds of a host', ...measured.map(titleOf)], ...rows];
}

function explanation(rounds: number): string {
  const [cpu] = cpus();
  return [
    '',
    `Medians of ${rounds} rounds (the largest fleet: one run; steps: means); CPU seconds are per host made, the programs that`,
    `docker-machine runs (ssh) are with docker-machine. ${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}, load ${loadavg()[0]?.toFixed(1) ?? '?'} at the end.`,
  ].join('\n');
}

runBench(main);
