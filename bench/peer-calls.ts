import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TIMES } from '../src/emulator/guest-kind.js';
import type { PeerRun } from './peer-ls.js';
import { docker, type Subject } from './peer-subjects.js';
import type { RunCost } from './process-group.js';
import { medianOf, table } from './table.js';

/** What a command waits for in the driver, and how long the guest takes meanwhile, ms. */
interface Step {
  readonly command: readonly string[];
  readonly calls: readonly string[];
  readonly guest: number;
}

// Start does not wait for the boot: an address that refuses connections is one that answers.
const { boot = NaN, cloudInit = NaN, shutdown = NaN } = TIMES.fast;
const STEPS: readonly Step[] = [
  { command: ['create', 'machine'], calls: ['PreCreateCheck', 'Create'], guest: boot + cloudInit },
  { command: ['stop', 'machine'], calls: ['Stop'], guest: shutdown },
  { command: ['start', 'machine'], calls: ['Start'], guest: 0 },
  { command: ['rm', '-y', 'machine'], calls: ['Remove'], guest: 0 },
];

/**
 * The calls of a machine's life, as docker-machine sees them: what the driver and the server take on top of the guest. The
 * peer waits for an address alone, which is there before the guest is, so it is not measured.
 */
export async function measureCalls(run: PeerRun): Promise<void> {
  const subjects = run.subjects.filter(({ driver }) => driver === 'nutanix');
  const all = STEPS.map((step) => ({
    step,
    times: new Map<Subject, number[]>(subjects.map((subject) => [subject, []])),
  }));
  run.report.begin(() => callTable(run, subjects, all));
  for (let round = 0; round < run.rounds; round += 1) {
    for (const subject of subjects) {
      const store = join(run.folder, `${subject.group.name}-calls-${run.api}-${round}`);
      mkdirSync(store);
      for (const { step, times } of all) {
        const [name = '', ...args] = step.command;
        const driver = name === 'create' ? ['-d', subject.driver] : [];
        const cost = await docker(subject, run.env, store, ['--debug', name, ...driver, ...args]);
        times.get(subject)?.push(timeOf(cost, step));
      }
    }
  }
  run.report.finish();
}

/** From the line that tells of a call to that of the next one; ms. */
function timeOf({ lines, wall }: RunCost, { calls, guest }: Step): number {
  const told = lines.filter(({ text }) => text.includes(') Calling .'));
  const each = calls.map((call) => {
    const index = told.findIndex(({ text }) => text.endsWith(`) Calling .${call}`));
    return (told[index + 1]?.at ?? wall * 1000) - (told[index]?.at ?? NaN);
  });
  return each.reduce((sum, ms) => sum + ms, 0) - guest;
}

function callTable(
  run: PeerRun,
  subjects: readonly Subject[],
  all: readonly { readonly step: Step; readonly times: ReadonlyMap<Subject, readonly number[]> }[],
): string {
  const head = [`on top of the guest, ${run.api}`, ...subjects.map(({ name }) => `${name} ms`), 'guest ms'];
  const rows = all.map(({ step, times }) => [
    `${step.command[0] ?? ''} (${step.calls.join(', ')})`,
    ...subjects.map((subject) => (medianOf(times.get(subject) ?? []) ?? NaN).toFixed(0)),
    step.guest.toFixed(0),
  ]);
  return table([head, ...rows]);
}
