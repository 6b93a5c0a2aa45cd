import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { multiplied } from './machine-store.js';
import type { PeerRun } from './peer-ls.js';
import { docker, FLOOR, type Subject } from './peer-subjects.js';
import type { RunCost } from './process-group.js';
import { medianOf, table } from './table.js';

/** What each subject has cost for one command. */
type Costs = ReadonlyMap<Subject, RunCost[]>;

/** On one machine, which runs. */
const SMALL = [['ls'], ['status', 'm-1'], ['ip', 'm-1'], ['ssh', 'm-1', 'true']] as const;
/** The life of a machine, in this order. */
const LIFE = [
  ['create', 'machine'],
  ['stop', 'machine'],
  ['start', 'machine'],
  ['rm', '-y', 'machine'],
] as const;

/** Commands on one machine, by each of the subjects in turn. */
export async function measureCommands(run: PeerRun): Promise<void> {
  const subjects = run.subjects.filter(({ name }) => name !== FLOOR);
  const stores = new Map(
    subjects.map((subject) => {
      const store = join(run.folder, `${subject.group.name}-one`);
      return [subject, multiplied(run.original, store, 1, subject.driver)];
    }),
  );
  for (const command of SMALL) {
    const costs: Costs = new Map(subjects.map((subject) => [subject, []]));
    run.report.begin(() => costTable(`${command[0]}, ${run.api}`, costs));
    for (let round = 0; round < run.rounds; round += 1) {
      for (const [subject, list] of costs) {
        list.push(await docker(subject, run.env, stores.get(subject) ?? '', command));
      }
    }
    run.report.finish();
    keepRatios(run, command[0], costs);
  }
}

/**
 * The whole life of a machine, by each of the subjects in turn. With servers and guests that answer at once it is
 * the time that drivers and docker-machine take themselves.
 */
export async function measureLife(run: PeerRun): Promise<void> {
  const subjects = run.subjects.filter(({ name }) => name !== FLOOR);
  const all = LIFE.map(([name]) => ({
    name,
    costs: new Map(subjects.map((subject) => [subject, new Array<RunCost>()])),
  }));
  run.report.begin(() => all.map(({ name, costs }) => costTable(`${name}, ${run.api}`, costs)).join('\n\n'));
  for (let round = 0; round < run.rounds; round += 1) {
    for (const subject of subjects) {
      const store = join(run.folder, `${subject.group.name}-life-${run.api}-${round}`);
      mkdirSync(store);
      for (const [index, [name, ...args]] of LIFE.entries()) {
        const driver = name === 'create' ? ['-d', subject.driver] : [];
        all[index]?.costs
          .get(subject)
          ?.push(await docker(subject, run.env, store, [name, ...driver, ...args]));
      }
    }
  }
  run.report.finish();
}

function costTable(title: string, costs: Costs): string {
  const medianIn = (list: readonly RunCost[], part: 'wall' | 'cpu'): number =>
    (medianOf(list.map((one) => one[part])) ?? NaN) * 1000;
  const peer = [...costs].find(([{ name }]) => name === 'peer')?.[1] ?? [];
  const rows = [...costs].map(([{ name }, list]) => {
    const [wall, cpu] = [medianIn(list, 'wall'), medianIn(list, 'cpu')];
    return [
      name,
      wall.toFixed(0),
      (wall / medianIn(peer, 'wall')).toFixed(2),
      cpu.toFixed(0),
      (cpu / medianIn(peer, 'cpu')).toFixed(2),
      String(list.filter(({ code }) => code !== 0).length),
      String(list.length),
    ];
  });
  return table([[title, 'wall ms', '/ peer', 'CPU ms', '/ peer', 'failed', 'rounds'], ...rows]);
}

function keepRatios(run: PeerRun, command: string, costs: Costs): void {
  const wall = (list: readonly RunCost[]): number => medianOf(list.map((one) => one.wall)) ?? NaN;
  const peer = [...costs].find(([{ name }]) => name === 'peer')?.[1] ?? [];
  for (const [{ name }, list] of costs) {
    if (name !== 'peer') run.ratios[`${run.api} ${command} ${name} wall`] = wall(list) / wall(peer);
  }
}
