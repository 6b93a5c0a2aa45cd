import { status } from '@grpc/grpc-js';
import { z } from 'zod';
import { StatusError } from '../grpc/index.js';

/** More entries than this might not fit into a message of 4 MiB, the most that clients take. */
const MOST_ENTRIES = 10_000;
const TOKEN = /^after:([0-9a-f-]{36})$/;

export const pageFields = {
  maxEntries: z.number().min(0, 'must not be negative'),
  startingToken: z.string(),
};

export interface PageRequest {
  /** 0 = no bound. */
  readonly maxEntries: number;
  /** Empty = from the beginning. */
  readonly startingToken: string;
}

export interface Page<T> {
  readonly entries: readonly T[];
  /** Empty = that was all. */
  readonly nextToken: string;
}

/**
 * The piece of a list that is asked for, in the order of the ids. A token names the last id that was given, so that
 * what is made or removed between two pages makes nothing appear twice or get lost. A token that was never given is
 * ABORTED, as the specification wants it.
 */
export function pageOf<T extends { readonly id: string }>(
  all: readonly T[],
  { maxEntries, startingToken }: PageRequest,
): Page<T> {
  const after = startingToken === '' ? '' : TOKEN.exec(startingToken)?.[1];
  if (after === undefined) {
    const problem = 'starting_token is none that this driver gave';
    throw new StatusError(status.ABORTED, `${problem}. Begin the list again without one.`);
  }
  const rest = all.filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
  const entries = rest.slice(0, Math.min(maxEntries || MOST_ENTRIES, MOST_ENTRIES));
  const last = entries.at(-1);
  return { entries, nextToken: last !== undefined && entries.length < rest.length ? `after:${last.id}` : '' };
}
