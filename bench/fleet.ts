/**
 * `bench/run.sh fleet [--rounds N] [--hosts N]`: nutanix-hosts with the real docker-machine on emulated guests, at
 * the latencies of a real cluster: one host alone, five in parallel, and 50 ten at a time. Needs `make build tools`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureFleet, type FleetSample } from './fleet-run.js';
import { guestOptions, startSimulator } from './simulator-process.js';
import { medianOf, table } from './table.js';

const PROGRAMS = ['nutanix-hosts', 'docker-machine-driver-nutanix', 'docker-machine'];

interface Subject {
  readonly name: string;
  readonly count: number;
  readonly parallel: number;
  readonly rounds: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '3' }, hosts: { type: 'string', default: '50' } },
  });
  const [rounds, hosts] = [Number(values.rounds), Number(values.hosts)];
  if (!(rounds >= 1 && hosts >= 0))
    throw new Error('--rounds takes a number from 1 on, --hosts one from 0 on');
  const subjects: Subject[] = [
    { name: 'one alone', count: 1, parallel: 1, rounds },
    { name: 'five, all at once', count: 5, parallel: 5, rounds },
    ...(hosts === 0 ? [] : [{ name: `${hosts}, ten at a time`, count: hosts, parallel: 10, rounds: 1 }]),
  ];
  const measured = await measureAll(subjects);
  const one = medianOf(measured[0]?.samples.map(({ seconds }) => seconds) ?? []) ?? NaN;
  const median = (samples: readonly FleetSample[], of: (sample: FleetSample) => number): number =>
    medianOf(samples.map(of)) ?? NaN;
  const rows = measured.map(({ name, count, samples }) => [
    name,
    median(samples, ({ seconds }) => seconds).toFixed(1),
    median(samples, ({ seconds }) => seconds / one).toFixed(2),
    ...PROGRAMS.map((program) => median(samples, ({ cpu }) => (cpu[program] ?? NaN) / count).toFixed(2)),
  ]);
  console.log(
    table([
      [
        '',
        'seconds',
        '/ one',
        ...PROGRAMS.map((program) => `CPU s ${program.replace(/^docker-machine-driver-nutanix$/, 'plugin')}`),
      ],
      ...rows,
    ]),
  );
  console.log(`\n${table(stepRows(measured))}`);
  console.log(explanation(rounds));
}

async function measureAll(
  subjects: readonly Subject[],
): Promise<(Subject & { readonly samples: readonly FleetSample[] })[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
  const simulator = await startSimulator(['dist/prism-simulator'], guestOptions('real'));
  const measured = subjects.map((subject) => ({ ...subject, samples: new Array<FleetSample>() }));
  try {
    for (let round = 0; round < Math.max(...subjects.map(({ rounds }) => rounds)); round++) {
      for (const subject of measured) {
        if (round < subject.rounds) subject.samples.push(await measureFleet(simulator.env, folder, subject));
      }
    }
    return measured;
  } finally {
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where a host's time goes: the mean over the hosts, since one host may be in a step several times. */
function stepRows(measured: readonly (Subject & { readonly samples: readonly FleetSample[] })[]): string[][] {
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
  return [['seconds of a host', ...measured.map(({ name }) => name)], ...rows];
}

function explanation(rounds: number): string {
  const [cpu] = cpus();
  return [
    '',
    `Medians of ${rounds} rounds (the largest fleet: one run; steps: means); CPU seconds are per host made, the programs that`,
    `docker-machine runs (ssh) are with docker-machine. ${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}, load ${loadavg()[0]?.toFixed(1) ?? '?'} at the end.`,
  ].join('\n');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
