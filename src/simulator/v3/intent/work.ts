import { accepted, type Answer, type Call } from '../../http/route.js';
import { Refusal } from '../../core/refusal.js';
import type { EntityRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';

export interface IntentWork {
  readonly kind: string;
  readonly operation: 'create' | 'update' | 'delete';
  readonly record: EntityRecord;
  /** Checks that old versions make at once and newer ones in the task. */
  judge?(): void;
  run(): void | Promise<void>;
  /** Undoes what was there before the work, e.g. the pending record of a create. */
  onFailure?(problem: Refusal): void;
}

/** Accepts work on an image, a subnet or a project: the same way for all. Returns the task's UUID. */
export function acceptWork(world: World, call: Call, work: IntentWork): string {
  const { kind, record } = work;
  const operation = `${work.operation}_${kind}_intentful`;
  const judge = (): void => {
    if (call.user.role === 'viewer') throw Refusal.accessDenied(call.method, call.path);
    work.judge?.();
  };
  if (!world.version.judgesInTask) judge();
  const task = world.tasks.start({
    operation,
    entities: [{ kind, uuid: record.uuid, name: record.name }],
    lane: record.uuid,
    queue: world.latency.queue,
    duration: world.latency.task(operation),
    fault: call.taskFault,
    onRunning: () => {
      record.state = work.operation === 'delete' ? 'DELETE_PENDING' : 'RUNNING';
    },
    run: async () => {
      judge();
      await work.run();
      record.state = 'COMPLETE';
      record.messages = [];
      record.updatedAt = world.time.now();
      if (work.operation === 'update') record.specVersion += 1;
    },
    onFailure: (problem) => {
      record.state = 'ERROR';
      record.messages = [problem.entry];
      work.onFailure?.(problem);
    },
  });
  record.taskUuids = [task.uuid];
  return task.uuid;
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

export function deletionAnswer(kind: string, taskUuid: string): Answer {
  return accepted({
    status: { state: 'DELETE_PENDING', execution_context: { task_uuid: taskUuid } },
    spec: '',
    api_version: '3.1',
    metadata: { kind },
  });
}

/** A PUT made from an older state than the present one. */
export function checkSpecVersion(
  world: World,
  kind: string,
  record: EntityRecord,
  sent: number | undefined,
): void {
  if (sent === undefined || sent === record.specVersion) return;
  const mismatch = `Logical timestamp mismatch: (${String(sent)} vs ${String(record.specVersion)})`;
  throw world.version.judgesInTask ? Refusal.editConflict(kind, mismatch) : Refusal.editConflict(kind);
}
