import { z } from 'zod';
import { refusalShape } from '../refusal.js';

/**
 * Fields that mean nothing to the core, in the words of the API that wrote them: that API gives them back, another one
 * leaves them out.
 */
export const extrasShape = z.record(z.string(), z.unknown());

/** How an entity points at another one, as far as it was said. */
export const referenceShape = z.looseObject({
  kind: z.string().optional(),
  uuid: z.string().optional(),
  name: z.string().optional(),
});

/** A reference with all that it takes to find the entity. */
export const wholeReferenceShape = referenceShape.extend({ kind: z.string(), uuid: z.string() });

/**
 * What every entity has that is changed by tasks. Records are plain JSON and change in place: they are the state of the
 * simulated server, and what is saved of it. Times are ms since 1970.
 */
export const entityShape = z.object({
  uuid: z.string(),
  name: z.string(),
  description: z.string().optional(),
  state: z.enum(['PENDING', 'RUNNING', 'COMPLETE', 'ERROR', 'DELETE_PENDING']),
  /** Why the latest work failed; absent when it did not. */
  failure: refusalShape.optional(),
  /** Of the latest work. */
  taskUuids: z.array(z.string()),
  /** The task that made it; absent for what was there from the start. */
  createTask: z.string().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Grows with every change that a client asks for. */
  revision: z.int(),
  /** Values per key. */
  categories: z.record(z.string(), z.array(z.string())),
  /** Whether they were given in the form that knows several values for a key. */
  usesCategoriesMapping: z.boolean(),
  projectUuid: z.string().optional(),
  /** A user. */
  owner: z.object({ uuid: z.string(), name: z.string().optional() }),
});

export type EntityRecord = z.infer<typeof entityShape>;
/** What a client asks of a record; what is absent is the server's to choose. */
export type Asked<T> = { readonly [K in keyof T]?: T[K] | undefined };

export type Extras = z.infer<typeof extrasShape>;
/** What may be missing from a reference that came from a client. */
export type LooseReference = z.infer<typeof referenceShape>;

export interface Reference {
  readonly kind: string;
  readonly uuid: string;
  readonly name?: string | undefined;
}

/** A record as the request that makes it begins it: pending, and of no category. `now` in ms since 1970. */
export function pendingRecord({
  now,
  ...given
}: Pick<EntityRecord, 'uuid' | 'name' | 'owner'> & { readonly now: number }): EntityRecord {
  return {
    ...given,
    state: 'PENDING',
    taskUuids: [],
    createdAt: now,
    updatedAt: now,
    revision: 0,
    categories: {},
    usesCategoriesMapping: false,
  };
}
