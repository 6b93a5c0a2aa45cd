import { z } from 'zod';
import type { CallContext } from '../../../provider/index.js';
import { hasCode } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { lenient, maybe } from '../../shared/index.js';
import { isTerminal, task, type V3Task } from './task.js';

const PAGE = 500;
const MAX_PAGES = 4;

const taskList = z.looseObject({
  entities: lenient(z.array(task)),
  metadata: lenient(z.looseObject({ total_matches: maybe.number })),
});

/** The unfinished tasks on VMs. `complete` is false when there may be others that were not seen. */
export interface RunningTasks {
  readonly tasks: readonly V3Task[];
  readonly complete: boolean;
}

/**
 * Newest first, because what is looked for began a moment ago. The call is marked internal in the schema: where
 * it is refused, nothing is known.
 */
export async function runningVmTasks(
  { api, logger }: V3Backend,
  { signal }: CallContext,
): Promise<RunningTasks> {
  const attempted = 'list tasks under way';
  const tasks: V3Task[] = [];
  try {
    for (let page = 0, seen = 0; page < MAX_PAGES; page += 1) {
      const body = {
        kind: 'task',
        offset: seen,
        length: PAGE,
        sort_attribute: 'creation_time',
        sort_order: 'DESCENDING',
      };
      const request = {
        method: 'POST',
        path: 'tasks/list',
        body,
        answer: taskList,
        repeatable: true,
      } as const;
      const { entities = [], metadata } = await api.send(request, { attempted, signal });
      tasks.push(...entities.filter((found) => !isTerminal(found)));
      seen += entities.length;
      if (entities.length === 0 || seen >= (metadata?.total_matches ?? Number.POSITIVE_INFINITY)) {
        return { tasks, complete: true };
      }
    }
  } catch (error) {
    if (signal.aborted || !hasCode(error, ...REFUSED)) throw error;
    logger.debug(error.message);
  }
  return { tasks, complete: false };
}

const REFUSED = ['permission-denied', 'not-found', 'unsupported', 'invalid-input', 'unavailable'] as const;

/** The ids of VMs a task is about. */
export function vmIdsOf({ entity_reference_list: list }: V3Task): readonly string[] {
  return (list ?? []).flatMap(({ kind, uuid }) => (kind === 'vm' && uuid !== undefined ? [uuid] : []));
}
