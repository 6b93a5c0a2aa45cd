import type { handleServerStreamingCall, handleUnaryCall, Server, ServerWritableStream } from '@grpc/grpc-js';
import { limitTimer, OperationError } from '../support/index.js';
import type { CallError } from './call-error.js';

/** How long answers that are on their way may take when a server ends, ms. */
const FAREWELL_MS = 1_000;

/** What becomes of anything that is thrown in a call. */
type ErrorOf = (thrown: unknown) => CallError;

/** What a handler needs of a call of grpc-js. */
interface CancellableCall {
  on(event: 'cancelled', listener: () => void): unknown;
  off(event: 'cancelled', listener: () => void): unknown;
}

/**
 * A handler for a call with one answer. Whatever `answer` throws, at once or later, becomes a status: grpc-js loses the
 * text of an error that is thrown in a handler, and a handler that rejects ends the process (volumes.md 5). `signal` is
 * aborted with `cancelled` when the client gives up.
 */
export function unaryHandler(
  name: string,
  answer: (request: Uint8Array, signal: AbortSignal) => Promise<Buffer>,
  errorOf: ErrorOf,
): handleUnaryCall<Uint8Array, Buffer> {
  return (call, callback) => {
    const { signal, over } = signalOf(call, name);
    void settled(() => answer(call.request, signal), errorOf).then((outcome) => {
      over();
      if ('value' in outcome) callback(null, outcome.value);
      else callback(outcome.error);
    });
  };
}

/**
 * The same for a call with a stream of answers, which ends when `answer` resolves. What a client does not read waits in
 * memory: it is for answers whose number is bounded.
 */
export function streamingHandler(
  name: string,
  answer: (request: Uint8Array, send: (message: Buffer) => void, signal: AbortSignal) => Promise<void>,
  errorOf: ErrorOf,
): handleServerStreamingCall<Uint8Array, Buffer> {
  return (call: ServerWritableStream<Uint8Array, Buffer>) => {
    const { signal, over } = signalOf(call, name);
    const send = (message: Buffer): void => {
      if (!signal.aborted) call.write(message);
    };
    void settled(() => answer(call.request, send, signal), errorOf).then((outcome) => {
      over();
      if ('value' in outcome) call.end();
      else call.emit('error', outcome.error);
    });
  };
}

/** Lets answers out that are on their way; a client that does not read them is not waited for. */
export async function shutDownServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = limitTimer(FAREWELL_MS, resolve);
    server.tryShutdown(() => {
      timer.clear();
      resolve();
    });
  });
  server.forceShutdown();
}

/** grpc-js also tells of a stream that has ended as cancelled: after `over` the signal is left as it is. */
function signalOf(
  call: CancellableCall,
  name: string,
): { readonly signal: AbortSignal; readonly over: () => void } {
  const controller = new AbortController();
  const abort = (): void => {
    const problem = 'the client has given the call up';
    controller.abort(new OperationError({ code: 'cancelled', attempted: `answer ${name}`, problem }));
  };
  call.on('cancelled', abort);
  return { signal: controller.signal, over: () => void call.off('cancelled', abort) };
}

type Outcome<T> = { readonly value: T } | { readonly error: CallError };

/** Async from its beginning, so that what is thrown at once is caught too. */
async function settled<T>(work: () => Promise<T>, errorOf: ErrorOf): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (thrown) {
    return { error: errorOf(thrown) };
  }
}
