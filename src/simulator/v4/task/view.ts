import type { Reference } from '../../core/store/entity.js';
import { isOver, percentage, type TaskRecord, type TaskStatus } from '../../core/task-engine.js';
import { taskExtId } from '../message/answer.js';
import { moment } from '../message/moment.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';
import { failureOf } from './failure.js';

type Json = Record<string, unknown>;

const NO_ID = '00000000-0000-0000-0000-000000000000';

const STATUSES: Readonly<Record<TaskStatus, string>> = {
  QUEUED: 'QUEUED',
  RUNNING: 'RUNNING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  ABORTED: 'CANCELED',
};

/** What tasks call the entity types of the core (reference v4 4.3). */
const RELATIONS: Readonly<Record<string, string>> = {
  vm: 'vmm:ahv:config:vm',
  vm_disk: 'vmm:ahv:config:vm:disk',
  vm_nic: 'vmm:ahv:config:vm:nic',
  vm_cdrom: 'vmm:ahv:config:vm:cdrom',
  vm_gpu: 'vmm:ahv:config:vm:gpu',
  vm_serial_port: 'vmm:ahv:config:vm:serialport',
  image: 'vmm:content:image',
  subnet: 'networking:config:subnet',
  storage_container: 'clustermgmt:config:storage-containers',
  volume_group: 'volumes:config:volume-group',
  volume_disk: 'volumes:config:volume-group:disk',
  iscsi_client: 'volumes:config:iscsi-client',
  recovery_point: 'dataprotection:config:recovery-point',
  project: 'multidomain:config:project',
  category: 'prism:config:category',
};

/** Those that can be stopped; a create of a VM cannot (recorded-v4 A1). */
const CANCELABLE = ['CreateImage'];

export function isCancelable(task: TaskRecord): boolean {
  return CANCELABLE.includes(task.operation) && !isOver(task);
}

/** A task, whichever API has started it. Source: recorded-v4 A1, C3. */
export function taskView({ served, time }: V4World, minor: number, task: TaskRecord): Json {
  const { operation, outcome, clusterUuid, owner } = task;
  const named = (type: string, fields: Json): Json => typed(served, type, fields);
  return named('prism.v4.config.Task', {
    extId: taskExtId(task.uuid),
    operation,
    operationDescription: titleOf(operation),
    createdTime: moment(task.createdAt),
    startedTime: task.startedAt === undefined ? undefined : moment(task.startedAt),
    completedTime: task.completedAt === undefined ? undefined : moment(task.completedAt),
    lastUpdatedTime: moment(task.updatedAt),
    // Also of one that has failed.
    progressPercentage: percentage(task, time.now()),
    entitiesAffected: task.entities.map((entity) => entityView({ served }, entity)),
    isCancelable: isCancelable(task),
    ...failureView(served, task),
    completionDetails:
      task.status === 'SUCCEEDED'
        ? outcome.map((pair) => named('common.v1.config.KVPair', { ...pair }))
        : undefined,
    clusterExtIds: task.status === 'SUCCEEDED' && clusterUuid !== undefined ? [clusterUuid] : undefined,
    isBackgroundTask: false,
    numberOfSubtasks: 0,
    numberOfEntitiesAffected: task.entities.length,
    projectExtId: minor >= 3 ? NO_ID : undefined,
    status: STATUSES[task.status],
    ownedBy: owner && named('prism.v4.config.OwnerReference', { extId: owner.uuid, name: owner.name }),
  });
}

/** What a task says of an entity that it is about. */
export function entityView({ served }: Pick<V4World, 'served'>, { kind, uuid, name }: Reference): Json {
  return typed(served, 'prism.v4.config.EntityReference', { extId: uuid, rel: relationOf(kind), name });
}

/** A failure that has no code in this API is a text alone, as those of old services are (reference v4 4.2). */
function failureView(served: V4World['served'], task: TaskRecord): Json {
  if (task.status !== 'FAILED') return {};
  const failure = failureOf(task);
  if (failure === undefined || !('code' in failure)) return { legacyErrorMessage: failure?.message ?? '' };
  const { code, group, message, arguments: values } = failure;
  const appMessage = typed(served, 'prism.v4.error.AppMessage', {
    message,
    severity: 'ERROR',
    code,
    locale: 'en_US',
    errorGroup: group,
    argumentsMap: Object.keys(values).length === 0 ? undefined : values,
  });
  return { errorMessages: [appMessage] };
}

export function relationOf(kind: string): string {
  return RELATIONS[kind] ?? kind.replaceAll('_', '-');
}

/** `CreateVm` is called "Create VM". */
function titleOf(operation: string): string {
  return operation
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/\b(Vm|Nic|Gpu|Ip)\b/g, (word) => word.toUpperCase());
}
