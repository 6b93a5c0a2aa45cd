import type { Call } from './exchange.js';
import { abortError } from './failure.js';

/** Waits for another call's work, however it ends, but no longer than this call may take. */
export async function settledOrAborted(work: Promise<unknown>, { signal, attempted }: Call): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
    work.then(done, done);
  });
  if (signal.aborted) throw abortError(signal, attempted);
}
