import {
  contextOf,
  type CallContext,
  type Port,
  type PortArguments,
  type PortMethod,
  type PortMethods,
  type PortResult,
} from '../../provider/index.js';
import { abortError, OperationError } from '../../support/index.js';

/** What an API does for each method of a port, on what it works with. */
export type PortOperations<P, B> = {
  readonly [K in PortMethod<P>]: (backend: B, ...args: PortArguments<P[K]>) => Promise<PortResult<P[K]>>;
};

/**
 * The methods of a port from the operations of an API. Whatever such a method rejects with is an OperationError: also for an
 * abort whose reason is none, and for a fault of ours.
 */
export function portOf<P, B>(
  port: Port<P>,
  backend: B,
  operations: PortOperations<NoInfer<P>, B>,
): PortMethods<P> {
  return port.each((name) => async (...args) => {
    const work = operations[name](backend, ...args);
    return await asOperation(work, port.attempts[name], contextOf(args));
  });
}

/** The same work; whatever it rejects with is an OperationError. */
async function asOperation<R>(work: Promise<R>, attempted: string, { signal }: CallContext): Promise<R> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw signal.aborted ? abortError(signal, attempted) : OperationError.from(error, attempted);
  }
}
