import { probeTcp } from '../guest/index.js';
import { limitTimer } from '../support/index.js';

/** Long enough for a distant guest to accept a connection, ms; short compared to the time limits of the callers. */
const LIMIT_MS = 1_000;

/**
 * Whether something at `address` accepts a connection at one of these ports, within 1 s: a liveness check of
 * the guest that needs no request to the cloud. It cannot tell the guest from another host that has taken over its address.
 * Rejects only with the reason of `signal`.
 */
export async function guestAnswers(
  address: string,
  ports: readonly number[],
  signal: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  const timer = limitTimer(LIMIT_MS, () => over.abort());
  const both = AbortSignal.any([signal, over.signal]);
  const connected = ports.map(async (port) => {
    if ((await probeTcp(address, port, both)) !== 'connected')
      throw new Error(`port ${port} does not answer`);
  });
  try {
    await Promise.any(connected);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    timer.clear();
    // Ends the connection attempt to a port that has not answered yet.
    over.abort();
  }
}
