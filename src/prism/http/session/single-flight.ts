import { abortError, OperationError } from '../../../support/index.js';
import { silenceAdvice } from '../advice.js';
import type { HttpCall, Reply } from '../exchange.js';
import { NoAnswer, noAnswerBehind } from '../failure.js';

/**
 * Waits for another call's exchange, but no longer than this call may take. When that one gets no answer, this
 * call shares the fate instead of finding out for itself: the server it would ask is the same, and calls that
 * queue up behind a silent host would each wait in turn.
 */
export async function joinFlight(exchange: Promise<Reply>, call: HttpCall, server: string): Promise<void> {
  const thrown = await settledOrAborted(exchange, call);
  if (call.signal.aborted) {
    const pending = { waitedFor: `${server} to let us sign in`, advice: silenceAdvice(server) };
    throw abortError(call.signal, call.attempted, pending);
  }
  const noAnswer = noAnswerBehind(thrown);
  if (noAnswer === undefined || !(thrown instanceof OperationError)) return;
  const { code, problem, advice } = thrown;
  // Whatever became of the other call: this one has not been sent.
  const cause = new NoAnswer(noAnswer.kind, false, noAnswer.cause);
  throw new OperationError({ code, attempted: call.attempted, problem, advice, cause });
}

/** What `work` rejects with; undefined when it resolves or the call is given up first. */
function settledOrAborted(work: Promise<unknown>, { signal }: HttpCall): Promise<unknown> {
  return new Promise((resolve) => {
    const end = (thrown: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(thrown);
    };
    const onAbort = (): void => end(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(() => end(undefined), end);
  });
}
