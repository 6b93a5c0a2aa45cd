import { percentage, type TaskRecord } from '../../core/tasks/task.js';
import { timestamp } from '../../core/time.js';

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
    ...(task.errorCode === undefined ? {} : { error_code: task.errorCode }),
    ...(task.errorDetail === undefined ? {} : { error_detail: task.errorDetail }),
  };
}

function moment(name: string, ms: number): Record<string, string | number> {
  return { [`${name}_time`]: timestamp(ms), [`${name}_time_usecs`]: Math.round(ms * 1000) };
}
