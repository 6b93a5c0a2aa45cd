import type { Injector } from '../core/faults/injector.js';
import type { ApiName } from '../http/api.js';
import type { RequestEntry, RequestLog } from '../http/request-log.js';
import { isOver, percentage, type TaskRecord } from '../core/task-engine.js';
import type { World } from '../core/world.js';
import {
  excerpt,
  latest,
  shortened,
  type Counts,
  type FaultRow,
  type RequestRow,
  type TaskRow,
  type View,
} from './view-shape.js';
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
  /** Where the APIs are: by name, e.g. `/api/nutanix/v3`. */
  readonly basePaths: ReadonlyMap<ApiName, string>;
}

/** The page's picture of the simulator. Holds no credentials, no user data, no bodies. */
export function viewOf(seen: Seen, filter: string): View {
  const { world, log, injector, basePaths } = seen;
  const tasks = [...world.tasks.all()];
  const rules = injector.list();
  const now = world.time.now();
  return {
    time: now,
    version: world.version.text,
    guests: world.guests.kind,
    counts: countsOf(seen, tasks, rules),
    clusters: clusterCards(world),
    subnets: subnetRows(world),
    vms: vmRows(world, filter),
    volumeGroups: volumeGroupRows(world),
    tasks: latest(tasks, MOST.tasks, (task) => taskRow(task, now)),
    faults: excerpt(rules, MOST.faults, faultRow),
    requests: {
      ...latest(log.latest(), MOST.requests, (entry) => requestRow(entry, basePaths)),
      of: log.total,
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

function taskRow(task: TaskRecord, now: number): TaskRow {
  const [entity] = task.entities;
  return {
    uuid: task.uuid,
    operation: task.operation,
    status: task.status,
    percentage: percentage(task, now),
    entity: shortened(entity?.name ?? entity?.uuid ?? ''),
    error: task.failure === undefined ? undefined : shortened(task.failure.message),
    createdAt: task.createdAt,
  };
}

function requestRow(entry: RequestEntry, basePaths: Seen['basePaths']): RequestRow {
  const { number, at, method, path, api, status, ms, faults } = entry;
  const base = api === undefined ? '' : (basePaths.get(api) ?? '');
  const below = path.slice(base.length);
  return { number, at, method, api, path: shortened(below), status, ms, faults: [...faults] };
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
