import type { Injector } from '../core/faults/injector.js';
import type { RequestLog } from '../http/request-log.js';
import { isOver, type TaskRecord } from '../core/task-engine.js';
import type { World } from '../core/world.js';
import {
  chosenRequests,
  chosenTasks,
  requestRow,
  taskRow,
  type ActivityFilter,
  type BasePaths,
} from './activity-rows.js';
import { excerpt, latest, shortened, type Counts, type FaultRow, type View } from './view-shape.js';
import { clusterCards, subnetRows } from './place-rows.js';
import { vmRows } from './vm-rows.js';
import { volumeGroupRows } from './volume-rows.js';

/** How many rows of each are shown. */
const MOST = { tasks: 60, requests: 60, faults: 50 } as const;

/** What a view is made from. */
export interface Seen {
  readonly world: World;
  readonly log: RequestLog;
  readonly injector: Injector;
  readonly basePaths: BasePaths;
}

/** Which rows are shown; an empty text lets all through. */
export interface ViewFilter extends ActivityFilter {
  readonly vms: string;
  readonly volumeGroups: string;
}

/** The page's picture of the simulator. Holds no credentials, no user data, no bodies. */
export function viewOf(seen: Seen, filter: ViewFilter): View {
  const { world, log, injector, basePaths } = seen;
  const tasks = [...world.tasks.all()];
  const rules = injector.list();
  const now = world.time.now();
  const requests = chosenRequests(log.latest(), filter);
  return {
    time: now,
    version: world.version.text,
    guests: world.guests.kind,
    counts: countsOf(seen, tasks, rules),
    clusters: clusterCards(world),
    subnets: subnetRows(world),
    vms: vmRows(world, filter.vms),
    volumeGroups: volumeGroupRows(world, filter.volumeGroups),
    tasks: latest(chosenTasks(tasks, filter), MOST.tasks, (task) => taskRow(task, now)),
    faults: excerpt(rules, MOST.faults, faultRow),
    requests: {
      ...latest(requests, MOST.requests, (entry) => requestRow(entry, basePaths)),
      // The log keeps the latest ones only.
      of: requests === log.latest() ? log.total : requests.length,
    },
  };
}

type Rule = ReturnType<Injector['list']>[number];

function countsOf({ world, log }: Seen, tasks: readonly TaskRecord[], rules: readonly Rule[]): Counts {
  const { vms, reservations } = world.store;
  const alive = reservations.toArray().filter(({ expiresAt }) => expiresAt > world.time.now());
  return {
    vms: vms.size,
    vmsOn: count(vms.toArray(), ({ power }) => power === 'ON'),
    tasks: tasks.length,
    tasksUnderWay: count(tasks, (task) => !isOver(task)),
    tasksFailed: count(tasks, ({ status }) => status === 'FAILED' || status === 'ABORTED'),
    requests: log.total,
    faults: rules.length,
    strikes: rules.reduce((sum, { struck }) => sum + struck, 0),
    reservations: alive.reduce((sum, { uuids, used }) => sum + uuids.length - used.length, 0),
  };
}

function count<Item>(items: readonly Item[], counts: (item: Item) => boolean): number {
  return items.reduce((sum, item) => (counts(item) ? sum + 1 : sum), 0);
}

function faultRow({ name, match, do: effects, times, struck }: Rule): FaultRow {
  return { name: shortened(name), match: inWords(match), effect: inWords(effects), struck, times };
}

/** `method POST, path /vms, nth from 3, to 5`. */
function inWords(fields: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fields).map(([name, value]) => `${name} ${wordsOf(value)}`);
  return shortened(parts.join(', '));
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return inWords({ ...value });
}
