import type { z } from 'zod';
import type { CallContext } from '../../provider/index.js';
import { hasCode, unlessCode, type ErrorCode } from '../../support/index.js';
import type { Namespace } from '../discovery/index.js';
import { decode, rawObject, type RawObject } from '../shared/index.js';
import type { V4Backend } from './backend.js';

/** An entity as it was read, and exactly as the server sent it, with the ETag that a change of it has to name. */
export interface ReadEntity<T> {
  readonly entity: T;
  readonly raw: RawObject;
  readonly etag: string | undefined;
}

/** Where an entity is, and what is read of it. */
export interface EntityPlace<T> {
  readonly namespace: Namespace;
  readonly path: string;
  readonly shape: z.ZodType<T>;
}

/** One that is not there is an OperationError `not-found`, where the API says so (reference v4 2.4). */
export async function readEntity<T>(
  { api }: V4Backend,
  { namespace, path, shape }: EntityPlace<T>,
  attempted: string,
  { signal }: CallContext,
): Promise<ReadEntity<T>> {
  const request = { namespace, method: 'GET', path, answer: rawObject } as const;
  const { data: raw, etag } = await api.send(request, { attempted, signal });
  return { entity: decode(shape, raw, attempted), raw, etag };
}

/** undefined when the server says that there is no such entity. */
export async function findEntity<T>(
  ...read: Parameters<typeof readEntity<T>>
): Promise<ReadEntity<T> | undefined> {
  return await unlessCode(readEntity(...read), 'not-found');
}

/**
 * What can be done without: undefined, and a line in the log, where the server refuses to tell it with one of these
 * codes, as a rule because this account may not read it.
 */
export async function ifReadable<T>(
  { logger }: V4Backend,
  read: Promise<T>,
  { signal }: CallContext,
  codes: readonly ErrorCode[] = ['permission-denied'],
): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (signal.aborted || !hasCode(error, ...codes)) throw error;
    logger.debug(error.message);
    return undefined;
  }
}
