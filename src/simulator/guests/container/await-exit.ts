import type { Container } from 'dockerode';
import type { Clock, Logger } from '../../../support/index.js';
import { engineError, hasStatus } from './engine-error.js';

/** Pause before the engine is asked again, ms. */
const ASK_AGAIN = 1_000;
/** An engine that has not answered so many times in a row is not coming back. */
const PATIENCE = 10;

/**
 * Resolves with the container's exit code when it does not run (any more); undefined when that cannot be
 * known: it was removed, or the engine is gone. A broken connection is made anew. Never rejects.
 */
export async function awaitExit(parts: {
  readonly name: string;
  readonly waiting: Container;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<number | undefined> {
  for (let attempt = 1; attempt <= PATIENCE; attempt += 1) {
    const asked = parts.clock.now();
    try {
      const answer: unknown = await parts.waiting.wait({ condition: 'not-running' });
      return exitCodeOf(answer);
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      parts.logger.debug(engineError(`wait for the end of guest ${parts.name}`, error).message);
    }
    if (parts.clock.now() - asked > ASK_AGAIN) attempt = 0;
    await parts.clock.sleep(ASK_AGAIN);
  }
  return undefined;
}

function exitCodeOf(answer: unknown): number | undefined {
  if (typeof answer !== 'object' || answer === null || !('StatusCode' in answer)) return undefined;
  return typeof answer.StatusCode === 'number' ? answer.StatusCode : undefined;
}
