/**
 * The plugin's memory under a thousand hostile connections of one kind, for each kind: the highest RSS of a fresh
 * process, as the kernel remembers it (VmHWM), and whether a client is served meanwhile. Medians are shown.
 */
import { parseArgs } from 'node:util';
import { Attack, hostileKinds, type HostileKind } from '../test/libmachine/hostile-streams.js';
import { withPlugin } from './measure.js';
import { runBench } from './run-bench.js';
import { medianOf, table } from './table.js';

const STREAMS = 1000;
const SUBJECTS = [
  { name: 'packaged', command: 'dist/docker-machine-driver-nutanix', args: [] },
  { name: 'on Node', command: 'node', args: ['dist/node/bin/docker-machine-driver-nutanix.js'] },
] as const;

type Subject = (typeof SUBJECTS)[number];

/** MiB. A client that was there before and one that comes in the end are served. */
async function peak({ command, args }: Subject, kind: HostileKind | undefined): Promise<number> {
  return withPlugin(command, args, async ({ client, session, peakMiB, port }) => {
    const first = await client();
    await session(first);
    if (kind === undefined) return peakMiB();
    const attack = await Attack.open(port, STREAMS);
    const sent = attack.send(kind);
    while (attack.isSending) await session(first);
    await sent;
    await session(first);
    await session(await client());
    const highest = peakMiB();
    await attack.close();
    return highest;
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '3' }, kind: { type: 'string', default: '' } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1 on');
  const kinds = hostileKinds().filter(({ name }) => name.includes(values.kind));
  const rows = [['MiB', ...SUBJECTS.map(({ name }) => name)]];
  for (const kind of [undefined, ...kinds]) {
    const row = [kind?.name ?? 'one client, no attack'];
    for (const subject of SUBJECTS) {
      const peaks: number[] = [];
      for (let round = 0; round < rounds; round++) {
        peaks.push(await peak(subject, kind));
      }
      row.push((medianOf(peaks) ?? NaN).toFixed(0));
    }
    rows.push(row);
    console.error(row.join('  '));
  }
  console.log(table(rows));
  console.log(`\nMedians of ${String(rounds)} runs with ${String(STREAMS)} connections each; VmHWM in MiB.`);
}

runBench(main);
