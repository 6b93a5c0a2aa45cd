import { hasCode, OperationError, type Clock } from '../../../support/index.js';

const PAUSE = 500;

export interface SwarmWait {
  /** For the error. */
  readonly attempted: string;
  /** ms */
  readonly limit: number;
  readonly advice?: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What is still missing, whenever that changes. */
  readonly say?: ((text: string) => void) | undefined;
}

/**
 * Looks again and again until nothing is missing any more; `look` says what is. A swarm that elects a leader answers
 * with errors for a moment: they count as something that is missing.
 */
export async function waitUntil(
  { attempted, limit, advice, clock, signal, say }: SwarmWait,
  look: () => Promise<string | undefined>,
): Promise<void> {
  const until = clock.now() + limit;
  let last: string | undefined;
  for (;;) {
    const missing = await look().catch((error: unknown) => {
      signal.throwIfAborted();
      if (hasCode(error, 'unavailable', 'unreachable')) return error.message;
      throw error;
    });
    if (missing === undefined) return;
    if (missing !== last) say?.(missing);
    last = missing;
    if (clock.now() >= until) {
      const problem = `after ${Math.round(limit / 1000)} s: ${missing}`;
      throw new OperationError({ code: 'timeout', attempted, problem, advice });
    }
    await clock.sleep(PAUSE, signal);
  }
}
