import { z } from 'zod';
import { schemaError } from '../../../support/index.js';

const nth = z.union([
  z.int().min(1),
  z.array(z.int().min(1)).min(1),
  z.strictObject({ from: z.int().min(1), to: z.int().min(1).optional() }),
]);

const match = z.strictObject({
  /** HTTP method; absent = any. */
  method: z.string().toUpperCase().optional(),
  /** An API by its name, such as `v4`; absent = any. */
  api: z.string().optional(),
  /**
   * Path below the API's base, or from `/api/` on; `*` = anything within a segment, `**` = anything. Route patterns
   * fit too.
   */
  path: z.string().startsWith('/').optional(),
  /** Kind of entity the route belongs to, e.g. `vm`, `task`. */
  kind: z.string().optional(),
  /** Which of the matching requests, counted from 1. */
  nth: nth.optional(),
  /** Whether they are counted for each path of its own, such as the reads of one VM. */
  perPath: z.boolean().optional(),
  /** 0 to 1; drawn from a generator with `seed`, so that a run can be repeated. */
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
});

const taskFault = z.strictObject({
  outcome: z.enum(['failed', 'aborted', 'endless']),
  /** `done`: the work is done all the same, as when only its last step fails. */
  effect: z.enum(['none', 'done']).default('none'),
  errorCode: z.string().default('INTERNAL_ERROR'),
  errorDetail: z.string().default('INTERNAL_ERROR: Internal Server Error.'),
});

const effects = z.strictObject({
  status: z.int().min(100).max(599).optional(),
  /** A text goes out as it is, anything else as JSON; absent = the error object for the status. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** ms before the answer, besides the profile's. */
  delay: z.number().min(0).optional(),
  /** No answer, until the client gives up. */
  hang: z.boolean().optional(),
  /** The connection breaks after so many bytes of the answer's body; -1 = before its headers. */
  resetAfter: z.int().min(-1).optional(),
  /** The connection breaks in the middle of the body. */
  half: z.boolean().optional(),
  /** Whether the request is carried out although its answer is spoilt; absent: for `resetAfter`, `half`. */
  effect: z.enum(['none', 'done']).optional(),
  task: taskFault.optional(),
  /** All sessions end before this request is judged. */
  expireSessions: z.boolean().optional(),
  /** An edit conflict: 409, or a task that fails with it, as the version has it. */
  conflict: z.boolean().optional(),
  /** `after` ms from when the VM's first address was seen, its first NIC is seen with another one. */
  addressChanges: z.strictObject({ to: z.ipv4(), after: z.number().min(0) }).optional(),
  /** The guest does not react to ACPI signals that this request sends. */
  guestIgnoresAcpi: z.boolean().optional(),
  /** The guest that this request starts is seen with an address of its own link (169.254/16) before any other. */
  linkLocalFirst: z.boolean().optional(),
  /** The part of the server that would answer is not there: 404 as for an unknown path, 410, or 503 of a gateway. */
  absent: z.union([z.literal(404), z.literal(410), z.literal(503)]).optional(),
  /** Headers that a proxy takes away. */
  strip: z
    .strictObject({ request: z.array(z.string()).optional(), answer: z.array(z.string()).optional() })
    .optional(),
  /** Members of these names are left out of the answer, wherever they are. */
  hide: z.array(z.string().min(1)).min(1).optional(),
  /** So many reads of each path show the state before a change, after every change. */
  lag: z.int().min(1).optional(),
  /** Another client changes the entity just before: the state that this request builds on is an older one. */
  changedMeanwhile: z.boolean().optional(),
  /** The server has forgotten which requests it carried out: one that is repeated is a new one. */
  forgetsRequests: z.boolean().optional(),
});

const schema = z.strictObject({
  name: z.string().min(1),
  match: match.default({}),
  do: effects,
  /** How often it strikes at most; absent = always. */
  times: z.int().min(1).optional(),
});

/** What rules make of the guest that a request concerns. */
export interface GuestFault {
  readonly ignoresAcpi: boolean;
  readonly addressChange: z.infer<typeof effects>['addressChanges'];
  readonly linkLocalFirst: boolean;
}

/** What to match and what to do; the same from code, from a file and from the control endpoint. */
export type FaultRule = z.infer<typeof schema>;
/** As written, with defaults left out. */
export type FaultRuleInput = z.input<typeof schema>;

/** Throws OperationError `invalid-input` that names every field that is wrong. */
export function parseFaultRules(value: unknown, source: string): FaultRule[] {
  const parsed = z.array(schema).safeParse(Array.isArray(value) ? value : [value]);
  if (parsed.success) return parsed.data;
  throw schemaError(`read fault rules from ${source}`, parsed.error.issues, 'all of it');
}
