import { Refusal, type VolumeRule } from '../../core/refusal.js';
import { rejection } from '../message/error.js';
import type { EarlyAnswer } from '../../http/route.js';
import type { Namespace } from '../versions.js';
import { taskFailure, type TaskFailure } from '../task/failure.js';

/**
 * Codes of the rules of volumes. Only VOL-40101 is known from a real server (reference v4 6.2); the others are made up
 * in its manner, since no exchange with this namespace is recorded.
 */
const CODES: Readonly<Record<VolumeRule, string>> = {
  VOLUME_DISK_DATA_SOURCE_MISSING: 'VOL-40101',
  VOLUME_DISK_SIZE_INVALID: 'VOL-40102',
  VOLUME_DISK_INDEX_IN_USE: 'VOL-40103',
  VOLUME_DISK_INDEX_IMMUTABLE: 'VOL-40104',
  VOLUME_GROUP_ATTACHED: 'VOL-40201',
  VOLUME_GROUP_NOT_ATTACHED: 'VOL-40202',
  VOLUME_GROUP_NOT_SHARED: 'VOL-40203',
  VOLUME_GROUP_LOAD_BALANCED: 'VOL-40204',
  VOLUME_GROUP_CLUSTER_MISMATCH: 'VOL-40205',
  SCSI_INDEX_IN_USE: 'VOL-40206',
  STORAGE_CONTAINER_FULL: 'VOL-40301',
  INVALID_ARGUMENT: 'VOL-40001',
};

const NOT_FOUND = 'VOL-40401';
const INTERNAL = 'VOL-10000';

/** What the work of a task fails with when the core refuses; anything else is a fault of the simulator. */
export function volumeFailure(error: unknown): unknown {
  return error instanceof Refusal ? taskFailure(complaintOf(error)) : error;
}

/** What a request is answered with at once when the core refuses. */
export function volumeRejection(error: unknown, namespace: Namespace): unknown {
  if (!(error instanceof Refusal)) return error;
  const { code, group, message } = complaintOf(error);
  return rejection({ namespace, status: 400, code, group, message });
}

/** 404 for an entity of the path that is not there. */
export function unknownEntity(namespace: Namespace, kind: string, extId: string): EarlyAnswer {
  return rejection({ namespace, status: 404, ...notFound(kind, extId) });
}

function complaintOf({ facts }: Refusal): TaskFailure {
  const { code, message } = facts;
  if (code === 'volume-rule') return { code: CODES[facts.rule], group: facts.rule, message, arguments: {} };
  if (code === 'not-found') return notFound(facts.entityType, facts.id);
  return { code: INTERNAL, group: 'INTERNAL_ERROR', message, arguments: {} };
}

function notFound(kind: string, extId: string): TaskFailure {
  const words = kind.replaceAll('_', ' ');
  const message = `Failed to perform the operation as the ${words} with UUID '${extId}' was not found.`;
  return { code: NOT_FOUND, group: groupOf(kind), message, arguments: { [`${kind}_uuid`]: extId } };
}

function groupOf(kind: string): string {
  return `${kind.toUpperCase()}_NOT_FOUND`;
}
