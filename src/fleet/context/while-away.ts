import { hasCode, OperationError, poll, systemCode, type Clock, type Probed } from '../../support/index.js';
import { spoken, type Reporter } from './reporter.js';

/** Between two attempts, ms. */
const PAUSE = 2_000;

interface Outage {
  readonly clock: Clock;
  readonly reporter: Pick<Reporter, 'note' | 'warn'>;
  readonly stop: AbortSignal;
  /** How long an outage is waited for, ms; 0 = not at all. */
  readonly limit: number;
}

/**
 * True when the cloud is away as in an outage: it cannot be reached, or answers that it cannot serve now. A name
 * that does not resolve is a typing error sooner than an outage.
 */
export function isAway(error: unknown): boolean {
  return hasCode(error, 'unreachable', 'unavailable', 'rate-limited', 'timeout') && !isUnknownName(error);
}

/** By the system's code, somewhere among the causes. */
function isUnknownName(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return systemCode(error) === 'ENOTFOUND' || isUnknownName(error.cause);
}

/** Does `work` again as long as the cloud is away, up to the limit; rejects with the last error. */
export async function whileAway<T>(
  { clock, reporter, stop, limit }: Outage,
  work: () => Promise<T>,
): Promise<T> {
  const begun = clock.now();
  const attempt = async (count: number): Promise<Probed<T>> => {
    try {
      const value = await work();
      if (count > 1) reporter.note(`Prism Central answers again (${spoken(clock.now() - begun)}).`);
      return { ready: true, value };
    } catch (error) {
      stop.throwIfAborted();
      if (!isAway(error) || clock.now() - begun + PAUSE > limit) throw error;
      if (count === 1) {
        const { problem } = OperationError.from(error, 'ask Prism Central');
        reporter.warn(`Prism Central is away (${problem}); waiting for it, for up to ${spoken(limit)}`);
      }
      return { ready: false };
    }
  };
  return await poll(attempt, { clock, signal: stop, delays: () => PAUSE });
}
