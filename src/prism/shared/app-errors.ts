import { z } from 'zod';
import type { ErrorCode } from '../../support/index.js';
import type { ErrorMeaning } from '../http/index.js';
import { lenient, maybe } from './answers.js';
import { capped } from './texts.js';

export interface ErrorBody {
  /** Machine-readable: `reason` of the intent API; codes and groups of the newer APIs. */
  readonly reasons: readonly string[];
  /** One line, at most 600 characters; '' when the body says nothing. */
  readonly text: string;
  /** What a code of the body says beyond the HTTP status. */
  readonly meaning?: ErrorMeaning | undefined;
}

/** One error of the v4 APIs, as bodies and failed tasks have them (recorded-v4 B1, C3, C5). */
export const appError = z.looseObject({
  message: maybe.text,
  code: maybe.text,
  errorGroup: maybe.text,
});
export type AppError = z.infer<typeof appError>;

/** What a body that breaks the schema gets (recorded-v4 C2). */
const schemaError = z.looseObject({
  validationErrorMessages: lenient(
    z.array(
      z.looseObject({
        location: maybe.text,
        attributePath: maybe.text,
        message: maybe.text,
      }),
    ),
  ),
  error: maybe.text,
  message: maybe.text,
});

/** `data.error` of an answer: a list of errors, or an object when the request broke the schema. */
export function readAppErrors(error: unknown): ErrorBody {
  const list = z.array(appError.catch({})).safeParse(error);
  if (list.success) return fromErrors(list.data);
  const { validationErrorMessages: broken = [], ...rest } = schemaError.safeParse(error).data ?? {};
  const single = appError.safeParse(error).data;
  if (broken.length === 0 && single?.code !== undefined) return fromErrors([single]);
  const texts = broken.map(({ attributePath, message }) =>
    [attributePath, message].filter((part) => part !== undefined && part !== '').join(': '),
  );
  const text = texts.length > 0 ? texts.join(' / ') : (rest.message ?? rest.error ?? '');
  return { reasons: [SCHEMA_VIOLATION], text: capped(text) };
}

const SCHEMA_VIOLATION = 'SchemaValidationError';

/** Errors as one line of text with their codes behind, and what the first code that is known means. */
export function fromErrors(errors: readonly AppError[]): ErrorBody {
  const words = errors.map(({ message = '', code }) =>
    [message.trim(), code === undefined ? '' : `[${code}]`].filter((part) => part !== '').join(' '),
  );
  return {
    reasons: errors.flatMap(({ code, errorGroup }) =>
      [code, errorGroup].filter((word) => word !== undefined),
    ),
    text: capped(words.filter((part) => part !== '').join(' / ')),
    meaning: errors.map(meaningOfError).find((meaning) => meaning !== undefined),
  };
}

const LOST_HEADER = 'A proxy between here and Prism Central seems to remove that header: let it pass';
/** If-Match repeats what an answer's ETag has said: whichever of them was lost, it is If-Match that the server misses. */
const LOST_ETAG =
  'A proxy between here and Prism Central seems to remove headers: let If-Match pass in requests, and ETag in answers.';

/** By code first, then by group (reference v4 2.4); never by the message. */
function meaningOfError({ code = '', errorGroup = '' }: AppError): ErrorMeaning | undefined {
  return BY_CODE[code] ?? BY_GROUP[errorGroup];
}

const BY_CODE: Readonly<Record<string, ErrorMeaning>> = {
  'VMM-30400': { code: 'unsupported', advice: `${LOST_HEADER} (NTNX-Request-Id).` },
  'VMM-30401': { code: 'unsupported', advice: `${LOST_HEADER} unchanged (NTNX-Request-Id).` },
  'VMM-30303': { code: 'conflict' },
  'VMM-30100': { code: 'not-found' },
  'VMM-10000': { code: 'unavailable' },
  'PLAT-10004': { code: 'unsupported', advice: LOST_ETAG },
  'PLAT-10005': { code: 'conflict' },
  'RBA-10001': { code: 'permission-denied' },
};

const BY_GROUP: Readonly<Record<string, ErrorMeaning>> = {
  VM_MISSING_REQUEST_ID_HEADER: { code: 'unsupported', advice: `${LOST_HEADER} (NTNX-Request-Id).` },
  MISSING_ETAG_HEADER: { code: 'unsupported', advice: LOST_ETAG },
  ...meaning('conflict', ['VM_ETAG_MISMATCH']),
  ...meaning('not-found', ['VM_NOT_FOUND', 'RESOURCE_NOT_FOUND', 'ENTITY_NOT_FOUND', 'NOT_FOUND']),
  ...meaning('rate-limited', ['RATE_LIMIT_EXCEEDED', 'RATE_LIMIT_ERROR']),
  ...meaning('unavailable', ['RETRYABLE_ERROR', 'INTERNAL_ERROR']),
  ...meaning('permission-denied', [
    'ACCESS_DENIED',
    'FORBIDDEN',
    'AUTHORIZATION_ERROR',
    'RBAC_AUTHORIZATION_ERROR',
  ]),
};

/** Groups that say no more than one of our codes. */
function meaning(code: ErrorCode, groups: readonly string[]): Readonly<Record<string, ErrorMeaning>> {
  return Object.fromEntries(groups.map((group) => [group, { code }]));
}
