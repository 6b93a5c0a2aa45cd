import { Refusal } from '../../core/refusal.js';
import type { EntityRecord } from '../../core/store/entity.js';
import type { World } from '../../core/world.js';
import { accepted, type Answer, type Call } from '../../http/route.js';
import { refuseViewer } from '../permissions.js';

/** Work on an entity, as a task that is accepted before it is judged. */
export interface EntityWork {
  readonly kind: string;
  /** `operation_type` of the task, e.g. `create_vm_intentful`. */
  readonly operation: string;
  readonly record: EntityRecord;
  /** UUID of the task, where the client chooses it. */
  readonly uuid?: string | undefined;
  onRunning?(): void;
  run(): void | Promise<void>;
  /** Besides the entity's state, which then is ERROR. */
  onFailure?(problem: Refusal): void;
}

/** Starts the task; works on the same entity run one after the other. Returns the task's UUID. */
export function startWork(world: World, call: Call, work: EntityWork): string {
  const { kind, operation, record } = work;
  const task = world.tasks.start({
    operation,
    uuid: work.uuid,
    owner: { uuid: call.user.uuid, name: call.user.username },
    entities: [{ kind, uuid: record.uuid, name: record.name }],
    lane: record.uuid,
    queue: world.latency.queue,
    duration: world.latency.task(operation),
    fault: call.taskFault,
    onRunning: () => work.onRunning?.(),
    run: () => work.run(),
    onFailure: (problem) => {
      record.state = 'ERROR';
      record.failure = problem.facts;
      work.onFailure?.(problem);
    },
  });
  return task.uuid;
}

export interface IntentWork {
  readonly kind: string;
  readonly operation: 'create' | 'update' | 'delete';
  readonly record: EntityRecord;
  /** Checks that old versions make at once and newer ones in the task. */
  judge?(): void;
  run(): void | Promise<void>;
  /** Rolls back what was there before the work, e.g. the pending record of a create. */
  onFailure?(problem: Refusal): void;
}

/** Accepts work on an image, a subnet or a project: the same way for all. Returns the task's UUID. */
export function acceptWork(world: World, call: Call, work: IntentWork): string {
  const { kind, record } = work;
  const judge = (): void => {
    refuseViewer(call);
    work.judge?.();
  };
  if (!world.version.judgesInTask) judge();
  const task = startWork(world, call, {
    kind,
    operation: `${work.operation}_${kind}_intentful`,
    record,
    onRunning: () => {
      record.state = work.operation === 'delete' ? 'DELETE_PENDING' : 'RUNNING';
    },
    run: async () => {
      judge();
      await work.run();
      record.state = 'COMPLETE';
      record.failure = undefined;
      record.updatedAt = world.time.now();
      if (work.operation === 'update') record.revision += 1;
    },
    onFailure: (problem) => work.onFailure?.(problem),
  });
  record.taskUuids = [task];
  return task;
}

/** 202 of a create or an update: the request's spec as it was sent. */
export function intentAnswer(kind: string, uuid: string, spec: unknown, taskUuid: string): Answer {
  return accepted({
    metadata: { use_categories_mapping: false, kind, spec_version: 0, uuid },
    api_version: '3.1',
    spec,
    status: { state: 'PENDING', execution_context: { task_uuid: taskUuid } },
  });
}

/** The real server sends no spec, and spells that as an empty string. `metadata`: besides the kind. */
export function deletionAnswer(kind: string, taskUuid: string, metadata: object = {}): Answer {
  return accepted({
    status: { state: 'DELETE_PENDING', execution_context: { task_uuid: taskUuid } },
    spec: '',
    api_version: '3.1',
    metadata: { kind, ...metadata },
  });
}

/** A PUT made from an older state than the present one. */
export function checkSpecVersion(
  world: World,
  kind: string,
  record: EntityRecord,
  sent: number | undefined,
): void {
  if (sent === undefined || sent === record.revision) return;
  throw mismatch(world, kind, sent, record.revision);
}

/** What a PUT from an older state is refused with. */
export function mismatch(
  world: World,
  kind: string,
  sent: string | number,
  current: string | number,
): Refusal {
  const compared = world.version.judgesInTask ? { sent: String(sent), current: String(current) } : undefined;
  const message = `the ${kind} was changed meanwhile`;
  return new Refusal({ code: 'edit-conflict', entityType: kind, compared, message });
}
