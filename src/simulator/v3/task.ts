import { Refusal } from '../core/refusal.js';
import { percentage, type TaskRecord, isOver } from '../core/task-engine.js';
import { timestamp } from '../core/time.js';
import { ok, param, type Answer, type Call, type Route } from '../http/route.js';
import { listAnswer } from './listing/page.js';
import { messageOf } from './error-body.js';
import { refuseViewer } from './permissions.js';
import { badArgument, v3Refusal } from './refusal.js';
import type { V3World } from './world.js';

/** A flat object without envelope. Start and completion fields appear when they have a value. */
export function taskView(task: TaskRecord, pcClusterUuid: string, now: number): unknown {
  return {
    api_version: '3.1',
    uuid: task.uuid,
    status: task.status,
    percentage_complete: percentage(task, now),
    operation_type: task.operation,
    progress_message: task.operation,
    logical_timestamp: task.logicalTimestamp,
    entity_reference_list: task.entities.map(({ kind, uuid }) => ({ kind, uuid })),
    cluster_reference: { kind: 'cluster', uuid: pcClusterUuid },
    subtask_reference_list: [],
    ...moment('creation', task.createdAt),
    ...(task.startedAt === undefined ? {} : moment('start', task.startedAt)),
    last_update_time: timestamp(task.updatedAt),
    ...(task.completedAt === undefined ? {} : moment('completion', task.completedAt)),
    ...failure(task),
  };
}

function failure(task: TaskRecord): Record<string, string> {
  if (task.failure === undefined) return {};
  const { reason, message } = messageOf(task.failure);
  return { error_code: reason, error_detail: message };
}

function moment(name: string, ms: number): Record<string, string | number> {
  return { [`${name}_time`]: timestamp(ms), [`${name}_time_usecs`]: Math.round(ms * 1000) };
}

const kind = 'task';

/** tasks: flat objects; poll waits until one of several has ended. */
export function taskRoutes(world: V3World): Route[] {
  const view = (task: TaskRecord): unknown => taskView(task, prismCentralUuid(world), world.time.now());
  return [
    {
      method: 'POST',
      path: '/tasks/list',
      kind,
      handle: (call) => {
        const input = world.validator.check('task_list_metadata', call.body ?? {}, kind);
        return ok(listAnswer({ kind, records: world.tasks.all(), attributes: ATTRIBUTES, view }, input));
      },
    },
    { method: 'POST', path: '/tasks/poll', kind, handle: (call) => poll(world, call, view) },
    { method: 'GET', path: '/tasks/:uuid', kind, handle: (call) => ok(view(existing(world, call))) },
    {
      method: 'POST',
      path: '/tasks/:uuid/abort',
      kind,
      handle: (call) => {
        const task = existing(world, call);
        refuseViewer(call);
        if (!world.tasks.abort(task.uuid)) throw badArgument('The task is over.', kind);
        return ok(view(task));
      },
    },
  ];
}

const ATTRIBUTES = {
  status: (task: TaskRecord) => [task.status],
  operation_type: (task: TaskRecord) => [task.operation],
};

const UUID = /^[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}$/i;

function existing(world: V3World, call: Call): TaskRecord {
  const uuid = param(call, 'uuid');
  if (!UUID.test(uuid)) {
    const message = `Invalid UUID ${uuid} passed.`;
    throw v3Refusal({ status: 404, reason: 'INVALID_UUID', message, kind });
  }
  const task = world.tasks.get(uuid);
  if (task === undefined) throw Refusal.notFound(kind, uuid);
  return task;
}

/** Answers as soon as one of the tasks is over, or when the time is. Unknown tasks are left out. */
async function poll(world: V3World, call: Call, view: (task: TaskRecord) => unknown): Promise<Answer> {
  const input = world.validator.check('task_poll_input', call.body, kind);
  const tasks = input.task_uuid_list.flatMap((uuid) => world.tasks.get(uuid) ?? []);
  const done = new AbortController();
  const stop = AbortSignal.any([done.signal, call.signal]);
  const timeUp = world.time.sleep(input.poll_timeout_seconds * 1000, stop).catch(() => undefined);
  await Promise.race([world.tasks.whenOver(tasks, stop), timeUp]);
  done.abort();
  const entities = tasks.filter(isOver).map(view);
  return ok({ api_version: '3.1', entities, has_poll_timed_out: entities.length === 0 });
}

function prismCentralUuid(world: V3World): string {
  return world.store.clusters.find(({ service }) => service === 'PRISM_CENTRAL')?.uuid ?? '';
}
