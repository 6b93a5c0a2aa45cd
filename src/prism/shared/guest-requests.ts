import { OperationError } from '../../support/index.js';

/**
 * ms. The task of a request to the guest may last as long as the guest takes; it is watched this long for a refusal.
 * How the guest reacts is not in the task (reference 5.7, reference v4 3.4).
 */
export const ASKED_MS = 5_000;

/** A guest that is off can not be asked for anything. */
export function notRunning(attempted: string): OperationError {
  return new OperationError({
    code: 'not-running',
    attempted,
    problem: 'it is off',
    advice: 'Start it first.',
  });
}
