import { hasCode, OperationError, poll, type Clock, type Probed } from '../../../support/index.js';

const PAUSE = 500;

export interface SwarmWait {
  /** For the error. */
  readonly attempted: string;
  /** ms */
  readonly limit: number;
  readonly advice?: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Is told what is still missing, whenever that changes. */
  readonly say?: ((text: string) => void) | undefined;
}

/**
 * Polls until nothing is missing any more; `probe` says what is. A swarm that elects a leader answers with errors for a
 * moment: they count as something that is missing.
 */
export async function waitUntil(
  { attempted, limit, advice, clock, signal, say }: SwarmWait,
  probe: () => Promise<string | undefined>,
): Promise<void> {
  const until = clock.now() + limit;
  let last: string | undefined;
  const attempt = async (): Promise<Probed<undefined>> => {
    const missing = await probe().catch((error: unknown) => {
      signal.throwIfAborted();
      if (hasCode(error, 'unavailable', 'unreachable')) return error.message;
      throw error;
    });
    if (missing === undefined) return { ready: true, value: undefined };
    if (missing !== last) say?.(missing);
    last = missing;
    if (clock.now() < until) return { ready: false };
    const problem = `after ${Math.round(limit / 1000)} s: ${missing}`;
    throw new OperationError({ code: 'timeout', attempted, problem, advice });
  };
  await poll(attempt, { clock, signal, delays: () => PAUSE });
}
