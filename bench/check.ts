/**
 * bun bench/check.ts [--write]: a quick run of the benches that compare ours with something else, in turn. Prints each ratio
 * beside that of bench/baseline.json, and names what got worse by more than a fifth. A machine with other work makes
 * ratios rough: read it as a hint. --write keeps the ratios of this run as the new baseline. Needs what
 * bench/peer.ts needs; half a minute.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { BenchError, benchFolder, runBench } from './run-bench.js';
import { table } from './table.js';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

const BASELINE = 'bench/baseline.json';
const WORSE = 1.2;
/** Without the latencies of real servers, behind which our own time would be hidden. */
const OPTIONS = ['--profile', 'fast', '--machines', '1,40', '--rounds', '7', '--only', 'ours,peer'];

type Ratios = Readonly<Record<string, number>>;

function ratiosIn(path: string): Ratios {
  return existsSync(path)
    ? z.record(z.string(), z.number()).parse(JSON.parse(readFileSync(path, 'utf8')))
    : {};
}

function measured(): Ratios {
  const folder = benchFolder('bench-check-');
  const file = join(folder, 'ratios.json');
  const args = ['bench/peer.ts', ...OPTIONS, '--json', file];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) throw new BenchError(`bench check: bench peer ended with ${String(status)}`);
  return ratiosIn(file);
}

async function main(): Promise<void> {
  const before = ratiosIn(BASELINE);
  const now = measured();
  const rows = Object.entries(now).map(([name, ratio]): readonly string[] => {
    const old = before[name];
    const change = old === undefined ? NaN : ratio / old;
    const verdict = change > WORSE ? 'WORSE' : change < 1 / WORSE ? 'better' : '';
    return [
      name,
      old?.toFixed(2) ?? '-',
      ratio.toFixed(2),
      Number.isNaN(change) ? 'new' : change.toFixed(2),
      verdict,
    ];
  });
  console.log(`\n${table([['ratio to the peer', 'baseline', 'now', 'now / baseline', ''], ...rows])}`);
  const worse = rows.filter(([, , , , verdict]) => verdict === 'WORSE').map(([name]) => name);
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  console.log(
    worse.length === 0
      ? `\nNothing got worse by more than a fifth (load ${load}).`
      : `\nWorse by more than a fifth (load ${load}): ${worse.join('; ')}.`,
  );
  if (values.write) writeFileSync(BASELINE, `${JSON.stringify(now, undefined, 2)}\n`);
  else if (worse.length > 0) process.exitCode = 2;
  await Promise.resolve();
}

runBench(main);
