import { OperationError } from '../../support/index.js';

/** An operation that this back end does not have yet. */
export function notYet(attempted: string): () => Promise<never> {
  return async () => {
    await Promise.resolve();
    throw new OperationError({ code: 'unsupported', attempted, problem: 'API v4 does not do this yet' });
  };
}
