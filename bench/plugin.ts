/**
 * One table about the plugin as docker-machine meets it, beside other launchers. All rows are measured in one
 * run, round by round in turn, so that a busy moment of the machine hits all of them; medians are shown.
 *
 * Times include this program's own share (spawn, its end of the RPC), which is the same in every row.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureExit, measurePlugin, type Sample } from './measure.js';
import { runBench } from './run-bench.js';
import { medianOf, table } from './table.js';

const CALLS = 1000;

interface Subject {
  readonly name: string;
  readonly measure: () => Promise<Sample>;
}

/** What is compared; the yardstick comes last. `before`: the dist/ of another build. */
function subjects(before: string | undefined): Subject[] {
  const plugin = (name: string, command: string, ...args: string[]): Subject => ({
    name,
    measure: () => measurePlugin(command, args, CALLS),
  });
  const idle = '.tools/docker-machine-driver-idle';
  return [
    plugin('plugin, packaged', 'dist/docker-machine-driver-nutanix'),
    ...(before === undefined
      ? []
      : [plugin('plugin, packaged, before', join(before, 'docker-machine-driver-nutanix'))]),
    plugin('plugin, on Node', 'node', 'dist/node/bin/docker-machine-driver-nutanix.js'),
    ...(existsSync(idle) ? [plugin('idle Go plugin', idle)] : []),
    { name: 'node -e 0', measure: () => measureExit('node', ['-e', '0']) },
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '20' }, before: { type: 'string' } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1 on');

  const measured = subjects(values.before).map((subject) => ({ ...subject, samples: new Array<Sample>() }));
  for (let round = 0; round <= rounds; round++) {
    for (const { measure, samples } of measured) {
      const sample = await measure();
      if (round > 0) samples.push(sample); // the first round only fills the file cache
    }
  }

  const yardstick = medianOf(measured.at(-1)?.samples.map(({ start }) => start) ?? []) ?? NaN;
  const rows = measured.map(({ name, samples }) => {
    const median = (digits: number, figure: (sample: Sample) => number | undefined): string =>
      shown(medianOf(samples.flatMap((sample) => figure(sample) ?? [])), digits);
    return [
      name,
      median(1, (sample) => sample.start),
      median(2, (sample) => sample.start / yardstick),
      median(1, (sample) => sample.firstReply),
      median(2, (sample) => ratio(sample.firstReply, yardstick)),
      median(0, (sample) => sample.calls),
      median(1, (sample) => sample.residentMiB),
      median(1, (sample) => sample.privateMiB),
    ];
  });
  const head = [
    '',
    'start ms',
    '/ node',
    'first reply ms',
    '/ node',
    `${CALLS} calls ms`,
    'RSS MiB',
    'private MiB',
  ];
  console.log(table([head, ...rows]));
  console.log(explanation(rounds));
}

function explanation(rounds: number): string {
  const node = execFileSync('node', ['--version'], { encoding: 'utf8' }).trim();
  const [cpu] = cpus();
  return [
    '',
    `Medians of ${rounds} interleaved rounds; ${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}; Node ${node}.`,
    'start: spawn to the address line (of node -e 0: to its exit). first reply: spawn to the answer of GetVersion.',
    'calls: DriverName, one after the other. Memory: after the calls; private is what no other process shares.',
  ].join('\n');
}

function ratio(ms: number | undefined, yardstick: number): number | undefined {
  return ms === undefined ? undefined : ms / yardstick;
}

function shown(value: number | undefined, digits: number): string {
  return value === undefined ? '-' : value.toFixed(digits);
}

runBench(main);
