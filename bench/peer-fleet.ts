import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PeerRun } from './peer-ls.js';
import { surroundingsOf, type Subject } from './peer-subjects.js';
import { ProcessGroup } from './process-group.js';
import { medianOf, table } from './table.js';

interface Applied {
  readonly wall: number;
  /** Of the driver's processes, and of nutanix-hosts, docker-machine and ssh. */
  readonly drivers: number;
  readonly others: number;
  readonly code: number;
}

const HOSTS = 5;

/** `nutanix-hosts apply` of five hosts, by each of our subjects in turn. */
export async function measureFleets(run: PeerRun): Promise<void> {
  const ours = run.subjects.filter(({ driver }) => driver === 'nutanix');
  const applied = new Map(ours.map((subject) => [subject, new Array<Applied>()]));
  run.report.begin(() => fleetTable(run, applied));
  // Kept over the rounds, and the agent with them: the first round is the one in which it starts.
  const drivers = new Map(
    ours.map((subject) => [subject, new ProcessGroup(`drivers-${subject.group.name}`)]),
  );
  try {
    for (let round = 0; round < run.rounds; round += 1) {
      for (const [subject, group] of drivers) {
        applied.get(subject)?.push(await apply(run, subject, group, round));
      }
    }
    run.report.finish();
  } finally {
    for (const group of drivers.values()) await group.end();
  }
}

async function apply(run: PeerRun, subject: Subject, drivers: ProcessGroup, round: number): Promise<Applied> {
  const folder = join(run.folder, `fleet-${subject.group.name}-${run.api}-${round}`);
  mkdirSync(folder);
  const file = join(folder, 'hosts.yaml');
  writeFileSync(file, `name: bench\nparallel: ${HOSTS}\ngroups: [{ name: f${round}, count: ${HOSTS} }]\n`);
  const env = surroundingsOf(inGroup(subject, drivers, folder), run.env, join(folder, 'store'));
  const hosts = async (...args: string[]): Promise<Applied> => {
    const before = drivers.cpuSeconds();
    const command = [resolve('dist/nutanix-hosts'), ...args, '-f', file];
    const { wall, cpu, code } = await subject.group.run(command, env);
    return { wall, code, others: cpu, drivers: drivers.cpuSeconds() - before };
  };
  const cost = await hosts('apply');
  await hosts('destroy', '--yes');
  return cost;
}

/** The same driver, whose processes enter a group of their own as they start; that is a millisecond of sh for each. */
function inGroup(subject: Subject, group: ProcessGroup, folder: string): Subject {
  const name = 'docker-machine-driver-nutanix';
  const path = join(folder, 'bin');
  mkdirSync(path);
  const script = `#!/bin/sh\necho 0 >"${group.membersFile}"\nexec "${join(subject.folder, name)}" "$@"\n`;
  writeFileSync(join(path, name), script);
  chmodSync(join(path, name), 0o755);
  return { ...subject, folder: path };
}

function fleetTable(run: PeerRun, applied: ReadonlyMap<Subject, readonly Applied[]>): string {
  const medianIn = (list: readonly Applied[], part: keyof Applied): number =>
    medianOf(list.map((one) => one[part])) ?? NaN;
  const lists = [...applied];
  const last = lists.at(-1)?.[1] ?? [];
  const head = [
    `apply of ${HOSTS} hosts, ${run.api}`,
    'wall s',
    'CPU s of drivers',
    '/ last row',
    'CPU s of others',
    'failed',
    'rounds',
  ];
  const rows = lists.map(([{ name }, list]) => [
    name,
    medianIn(list, 'wall').toFixed(1),
    medianIn(list, 'drivers').toFixed(2),
    (medianIn(list, 'drivers') / medianIn(last, 'drivers')).toFixed(2),
    medianIn(list, 'others').toFixed(2),
    String(list.filter(({ code }) => code !== 0).length),
    String(list.length),
  ]);
  return table([head, ...rows]);
}
