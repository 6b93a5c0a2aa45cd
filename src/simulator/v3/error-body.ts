import type { Refusal, RefusalCode, RefusalFacts } from '../core/refusal.js';
import { frameworkAnswers, type ErrorAnswers } from '../http/api.js';
import type { Answer } from '../http/route.js';
import { ownWords, type V3Message } from './refusal.js';

export const errorAnswers: ErrorAnswers = {
  refused: (refusal) => refusalAnswer(refusal),
  ...frameworkAnswers,
};

/** HTTP status, when it is answered at once, and `reason` of each code of the core. */
const STATUS_AND_REASON: Readonly<Record<RefusalCode, readonly [number, string]>> = {
  unauthenticated: [401, 'AUTHENTICATION_REQUIRED'],
  forbidden: [403, 'ACCESS_DENIED'],
  'rate-limited': [429, 'TOO_MANY_REQUESTS'],
  'malformed-body': [400, 'INVALID_REQUEST'],
  'unsupported-media-type': [415, 'UNSUPPORTED_MEDIA_TYPE_ERROR'],
  'bad-request': [400, 'INVALID_REQUEST'],
  'injected-answer': [500, 'INTERNAL_ERROR'],
  'bad-query': [422, 'INVALID_REQUEST'],
  'not-found': [404, 'ENTITY_NOT_FOUND'],
  'already-exists': [400, 'ENTITY_ALREADY_EXISTS'],
  'in-use': [422, 'ENTITY_DELETION_FAILED'],
  'not-ready': [400, 'INVALID_ARGUMENT'],
  'edit-conflict': [409, 'CONCURRENT_REQUESTS_NOT_ALLOWED'],
  'not-on-cluster': [500, 'INTERNAL_ERROR'],
  'runs-no-vms': [500, 'INTERNAL_ERROR'],
  'outside-project': [403, 'ACCESS_DENIED'],
  'no-resources': [500, 'RESOURCE_SHORTAGE'],
  'address-not-managed': [500, 'INTERNAL_ERROR'],
  'address-outside': [500, 'INTERNAL_ERROR'],
  'address-in-use': [500, 'INTERNAL_ERROR'],
  'no-free-address': [500, 'INTERNAL_ERROR'],
  'disk-shrinks': [500, 'INTERNAL_ERROR'],
  'needs-power-off': [500, 'INTERNAL_ERROR'],
  'powered-off': [500, 'INTERNAL_ERROR'],
  'did-not-shut-down': [500, 'INTERNAL_ERROR'],
  'no-guest-tools': [500, 'INTERNAL_ERROR'],
  'has-volume-groups': [422, 'INVALID_ARGUMENT'],
  'volume-rule': [400, 'INVALID_ARGUMENT'],
  aborted: [500, 'INTERNAL_ERROR'],
  'injected-failure': [500, 'INTERNAL_ERROR'],
  internal: [500, 'INTERNAL_ERROR'],
  'interface-rule': [500, 'INTERNAL_ERROR'],
};

/** `reason` of an answer that a fault rule asks for by its status alone. */
const INJECTED_REASONS: Readonly<Record<number, string>> = {
  400: 'INVALID_REQUEST',
  401: 'AUTHENTICATION_REQUIRED',
  403: 'ACCESS_DENIED',
  404: 'ENTITY_NOT_FOUND',
  409: 'CONCURRENT_REQUESTS_NOT_ALLOWED',
  422: 'INVALID_REQUEST',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
};

/** The HTTP status with which a refusal is answered at once. */
export function v3Status(facts: RefusalFacts): number {
  if (facts.code === 'bad-request' || facts.code === 'injected-answer') return facts.status;
  return ownWords(facts)?.status ?? STATUS_AND_REASON[facts.code][0];
}

/** What an error body, or the status of an entity, lists of a refusal. */
export function messageOf(facts: RefusalFacts): V3Message {
  const own = ownWords(facts);
  const details = own?.details ?? detailsOf(facts);
  const base = { message: textOf(facts), reason: own?.reason ?? reasonOf(facts) };
  return details === undefined ? base : { ...base, details };
}

function reasonOf(facts: RefusalFacts): string {
  if (facts.code === 'injected-failure') return facts.errorCode;
  if (facts.code === 'injected-answer') return INJECTED_REASONS[facts.status] ?? 'INTERNAL_ERROR';
  if (facts.code === 'volume-rule') return facts.rule;
  if (facts.code === 'not-found' && facts.entityType === 'category_value')
    return 'CATEGORY_NAME_VALUE_MISMATCH';
  return STATUS_AND_REASON[facts.code][1];
}

/** The core's words where this API has none of its own. */
function textOf(facts: RefusalFacts): string {
  switch (facts.code) {
    case 'not-found':
      return facts.entityType === 'category_value'
        ? `Category ${facts.id} does not exist.`
        : `${facts.entityType} : ${facts.id} does not exist.`;
    case 'already-exists':
      return `The UUID ${facts.id} is in use`;
    case 'forbidden':
      return `No permission to access the resource. <Request '${facts.path}' [${facts.method}]>`;
    case 'malformed-body':
      return 'Request could not be processed.';
    case 'edit-conflict':
      return facts.compared === undefined
        ? 'Edit conflict: please retry change.'
        : `Logical timestamp mismatch: (${facts.compared.sent} vs ${facts.compared.current})`;
    case 'runs-no-vms':
      return 'Failed to perform the operation due to an internal error.';
    case 'no-resources':
      return `RESOURCE_SHORTAGE: ${facts.message}`;
    case 'address-not-managed':
      return `(15, ${facts.message})`;
    case 'disk-shrinks': {
      const where = `${facts.adapter.toLowerCase()}.${String(facts.index)}`;
      return `error_code: 27\nerror_detail: "NotSupported: Can\\'t shrink disk at ${where} of VM ${facts.vmName}"`;
    }
    case 'needs-power-off':
    case 'powered-off':
      return `InvalidVmState: ${facts.message}`;
    default:
      return facts.message;
  }
}

function detailsOf(facts: RefusalFacts): V3Message['details'] {
  if (facts.code === 'unauthenticated') return 'Basic realm="Intent Gateway Login Required"';
  return facts.code === 'malformed-body' ? { '': [facts.message] } : undefined;
}

/** `kind` of an error body. */
function kindOf(facts: RefusalFacts): string | undefined {
  if (facts.code === 'interface-rule') return ownWords(facts)?.kind;
  if (!('entityType' in facts) || facts.entityType === 'category_value') return undefined;
  // A VM was asked for, and something that it needs cannot be had.
  if (facts.code === 'outside-project' || facts.code === 'not-ready') return 'vm';
  return facts.entityType;
}

/** The API's error object. */
function refusalAnswer({ facts }: Refusal): Answer {
  const status = v3Status(facts);
  const kind = kindOf(facts);
  return {
    status,
    body: {
      api_version: '3.1',
      code: status,
      ...(kind === undefined ? {} : { kind }),
      message_list: [messageOf(facts)],
      state: 'ERROR',
    },
  };
}
