import { ok, param, type Answer, type Call, type Route } from '../../http/route.js';
import { listAnswer } from '../listing/page.js';
import { Refusal } from '../../core/refusal.js';
import { isOver, type TaskRecord } from '../../core/tasks/task.js';
import type { V3World } from '../world.js';
import { refuseViewer } from '../permissions.js';
import { taskView } from './view.js';

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
        if (!world.tasks.abort(task.uuid)) throw Refusal.invalidArgument('The task is over.', kind);
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
    throw new Refusal({ status: 404, reason: 'INVALID_UUID', message, kind });
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
