import type { CallContext } from '../../provider/index.js';
import { backoff, poll, type Probed } from '../../support/index.js';
import type { ApiParts } from './api-version.js';

const ROUNDS = 6;
/** The pauses between the rounds, ms: far apart, so that two that change the same entity do not meet again. */
const PAUSES = { first: 250, growth: 2 } as const;
const JITTER = 0.5;

/**
 * A change of an entity, from its reading on, as often as another client's change comes in between. In the last round nothing
 * leads back to reading any more.
 */
export async function inChangeRounds<T>(
  { clock, random }: Pick<ApiParts, 'clock' | 'random'>,
  { signal }: CallContext,
  round: (isLast: boolean) => Promise<Probed<T>>,
): Promise<T> {
  const delays = backoff({ ...PAUSES, jitter: { share: JITTER, random } });
  return await poll(async (number) => await round(number === ROUNDS), { clock, signal, delays });
}
