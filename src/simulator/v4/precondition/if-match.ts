import type { TaskFault } from '../../core/task-engine.js';
import { rejection } from '../message/error.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';

/**
 * Judges If-Match against the ETag that a GET would have now. Throws what a missing one (428), `*` (412, logged from
 * pc.2024.3) and one of an older state (412) are answered with. Where this simulator tells an older state by the task
 * instead, the request is accepted and the result is what becomes of its task. Source: reference v4 2.3.
 */
export function checkIfMatch({ behaviour }: V4World, call: V4Call, tag: string): TaskFault | undefined {
  const { namespace } = call;
  const given = call.headers['if-match'];
  if (given === undefined || given === '') {
    const message = 'Failed to perform the operation because of the missing If-Match header.';
    throw rejection({ namespace, status: 428, code: 'PLAT-10004', group: 'MISSING_ETAG_HEADER', message });
  }
  if (given === '*') {
    const message = 'Invalid eTag header.';
    throw rejection({ namespace, status: 412, code: 'PLAT-10005', group: 'INVALID_ETAG_HEADER', message });
  }
  if (given === tag) return undefined;
  const message = STALE;
  if (behaviour.staleTag === 'task') {
    return {
      outcome: 'failed',
      effect: 'none',
      failure: { code: 'edit-conflict', entityType: 'vm', message },
    };
  }
  throw rejection({ namespace, status: 412, code: STALE_CODE, group: STALE_GROUP, message });
}

const STALE_CODE = 'VMM-30303';
const STALE_GROUP = 'VM_ETAG_MISMATCH';
const STALE =
  'Failed to perform the operation because the If-Match header value does not match the current ETag of the entity.';
