import type { Refusal, RefusalCode, RefusalFacts } from '../../core/refusal.js';
import { frameworkAnswers, type ErrorAnswers, type RefusedRequest } from '../../http/api.js';
import { EarlyAnswer, type Answer } from '../../http/route.js';
import type { Namespace } from '../versions.js';
import type { V4Call } from '../route.js';
import type { World } from '../../core/world.js';
import { errorType } from './typed.js';

/** What an error says: the recorded form of an AppMessage (recorded-v4 B1). */
export interface Complaint {
  /** Whose error it is; of its type. */
  readonly namespace: Namespace;
  readonly status: number;
  /** e.g. `VMM-30100`. */
  readonly code: string;
  /** e.g. `VM_NOT_FOUND`. */
  readonly group: string;
  readonly message: string;
  /** Values that the message was made with, all as texts. */
  readonly arguments?: Readonly<Record<string, string>>;
}

/** To be thrown by a handler: the request is answered with this error. */
export function rejection(complaint: Complaint): EarlyAnswer {
  return new EarlyAnswer(complaintAnswer(complaint));
}

/** What the path names. Throws this answer, 404 unless it says otherwise, when it is not there. */
export function found<T>(
  record: T | undefined,
  complaint: Omit<Complaint, 'status'> & Partial<Pick<Complaint, 'status'>>,
): T {
  if (record === undefined) throw rejection({ status: 404, ...complaint });
  return record;
}

/** An error as a list of one AppMessage. Neither `metadata` nor `$reserved`, but a discriminator (recorded-v4 B1). */
export function complaintAnswer(complaint: Complaint): Answer {
  const { namespace, status, message, code, group } = complaint;
  const appMessage = errorType(namespace, 'AppMessage');
  const error = {
    message,
    severity: 'ERROR',
    code,
    // A task's errors say en_US (recorded-v4 C3).
    locale: 'en-US',
    errorGroup: group,
    ...(complaint.arguments === undefined ? {} : { argumentsMap: complaint.arguments }),
    $objectType: appMessage,
  };
  return { status, body: errorBody(namespace, [error], `List<${appMessage}>`) };
}

export interface SchemaProblem {
  /** `@body`, `@query`, `@path`. */
  readonly location: string;
  readonly message: string;
}

/** To be thrown by a handler: the request breaks the schema. */
export function schemaRejection(
  { time }: World,
  { namespace, path }: V4Call,
  problems: readonly SchemaProblem[],
): EarlyAnswer {
  return new EarlyAnswer(schemaAnswer(namespace, { path, now: time.now() }, problems));
}

/** An error as an object, where a list stands otherwise (recorded-v4 C2). */
function schemaAnswer(
  namespace: Namespace,
  { path, now }: RefusedRequest,
  problems: readonly SchemaProblem[],
): Answer {
  const type = errorType(namespace, 'SchemaValidationError');
  const error = {
    validationErrorMessages: problems.map((problem) => ({
      ...problem,
      $objectType: errorType(namespace, 'SchemaValidationErrorMessage'),
    })),
    $objectType: type,
    timestamp: nanoseconds(now),
    error: 'Bad Request',
    path: path.split('?')[0] ?? '',
    statusCode: 400,
  };
  return { status: 400, body: errorBody(namespace, error, type) };
}

function errorBody(namespace: Namespace, error: unknown, itemType: string): unknown {
  const response = errorType(namespace, 'ErrorResponse');
  return {
    data: { error, $errorItemDiscriminator: itemType, $objectType: response },
    $dataItemDiscriminator: response,
  };
}

/** Nine digits, as recorded. */
function nanoseconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000000Z`;
}

/** How requests to this namespace are told that they cannot be answered. */
export function errorAnswersOf(namespace: Namespace): ErrorAnswers {
  return {
    refused: (refusal, request) => refusedAnswer(namespace, refusal, request),
    // No version, no path: no form of this API (reference v4 1.4).
    ...frameworkAnswers,
  };
}

/** The text of recorded-v4 B3, with the blanks of the real one: JSON that is said to be plain text. */
const UNAUTHENTICATED =
  '{"api_version": "3.1", "state": "ERROR", "message_list": [{"reason": "AUTHENTICATION_REQUIRED", "message": ' +
  '"Authentication required.", "details": "Basic realm=\\"Intent Gateway Login Required\\""}], "code": 401}';

function refusedAnswer(namespace: Namespace, { facts }: Refusal, request: RefusedRequest): Answer {
  const { message } = facts;
  const status = v4Status(facts);
  if (status === 401) return { status, body: UNAUTHENTICATED };
  if (status === 400) {
    const text = facts.code === 'bad-query' ? `Field ${facts.option} : ${message}` : message;
    return schemaAnswer(namespace, request, [{ location: '@body', message: text }]);
  }
  const known =
    (namespace === 'vmm' ? KNOWN_OF_VMM.get(status) : undefined) ?? KNOWN.get(status) ?? KNOWN.get(500);
  return complaintAnswer({ namespace, status, message, code: '', group: '', ...known });
}

/** The HTTP status of a refusal that comes at once: most come from tasks. */
export function v4Status(facts: RefusalFacts): number {
  if (facts.code === 'bad-request' || facts.code === 'injected-answer') {
    return facts.status === 422 ? 400 : facts.status;
  }
  return STATUS.get(facts.code) ?? 400;
}

const STATUS: ReadonlyMap<RefusalCode, number> = new Map([
  ['unauthenticated', 401],
  ['forbidden', 403],
  ['not-found', 404],
  ['already-exists', 409],
  ['edit-conflict', 409],
  ['unsupported-media-type', 415],
  ['rate-limited', 429],
  ['no-resources', 500],
  ['internal', 500],
]);

const KNOWN_OF_VMM = new Map<number, Pick<Complaint, 'code' | 'group'>>([
  [404, { code: 'VMM-30100', group: 'VM_NOT_FOUND' }],
  [500, { code: 'VMM-10000', group: 'INTERNAL_ERROR' }],
]);

/** Codes for what any namespace can refuse. Those of 403 are logged from a real server, the others are made up. */
const KNOWN = new Map<number, Pick<Complaint, 'code' | 'group'>>([
  [403, { code: 'RBA-10001', group: 'RBAC_AUTHORIZATION_ERROR' }],
  [404, { code: 'PLAT-10001', group: 'ENTITY_NOT_FOUND' }],
  [409, { code: 'PLAT-10002', group: 'CONFLICT_ERROR' }],
  [415, { code: 'PLAT-10003', group: 'UNSUPPORTED_MEDIA_TYPE_ERROR' }],
  [429, { code: 'PLAT-10029', group: 'RATE_LIMIT_EXCEEDED' }],
  [500, { code: 'PLAT-10000', group: 'INTERNAL_ERROR' }],
  [503, { code: 'PLAT-10053', group: 'SERVICE_UNAVAILABLE' }],
]);
