import type { CallContext } from '../../provider/index.js';
import { abortError, OperationError } from '../../support/index.js';

/** A method of the port: its last argument is the context of the call. */
type PortMethod<A extends readonly unknown[], R> = (...args: [...A, CallContext]) => Promise<R>;

/**
 * Makes methods of the port from the operations of a back end. Whatever such a method rejects with is an
 * OperationError: also for an abort whose reason is none, and for a fault of ours. `attempted` opens the text then.
 */
export function portMethodsOf<B>(
  backend: B,
): <A extends readonly unknown[], R>(
  attempted: string,
  operation: (backend: B, ...args: [...A, CallContext]) => Promise<R>,
) => PortMethod<A, R> {
  return (attempted, operation) =>
    async (...args) => {
      try {
        return await operation(backend, ...args);
      } catch (error) {
        if (error instanceof OperationError) throw error;
        const signal = signalIn(args.at(-1));
        throw signal?.aborted === true
          ? abortError(signal, attempted)
          : OperationError.from(error, attempted);
      }
    };
}

function signalIn(context: unknown): AbortSignal | undefined {
  if (typeof context !== 'object' || context === null || !('signal' in context)) return undefined;
  return context.signal instanceof AbortSignal ? context.signal : undefined;
}
