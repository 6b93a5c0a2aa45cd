import { z } from 'zod';
import { OperationError } from '../../../support/index.js';
import { entity, taskIdsOf, entityUuid } from '../envelope.js';
import { maybe } from '../../shared/index.js';

/** The answer to a change of an entity (an envelope), or to an action (flat) (reference 2.2, 5.7). */
export const accepted = z.union([z.looseObject({ task_uuid: z.string() }), entity]);
export type Accepted = z.infer<typeof accepted>;

const flat = z.looseObject({ task_uuid: maybe.text });

/** The task that does the accepted work. */
export function acceptedTask(answer: Accepted, attempted: string): string {
  const taskId = flat.safeParse(answer).data?.task_uuid ?? taskIdsOf(entity.parse(answer))[0];
  if (taskId !== undefined) return taskId;
  throw new OperationError({
    code: 'unexpected-response',
    attempted,
    problem: 'Prism Central accepted the work but named no task for it',
  });
}

export function acceptedUuid(answer: Accepted): string | undefined {
  return entityUuid(entity.parse(answer));
}
