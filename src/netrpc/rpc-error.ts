/**
 * - `remote`      the other side answered with an error; the message is its text, nothing else came across
 * - `connection`  no connection, or it was lost before the answer
 * - `protocol`    what came is not net/rpc
 */
export type RpcFault = 'remote' | 'connection' | 'protocol';

export class RpcError extends Error {
  override readonly name = 'RpcError';

  constructor(
    readonly fault: RpcFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The text of anything thrown. Never empty: on the wire an empty error text means success. */
export function textOfThrown(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : wordsOf(thrown);
  return text.trim() === '' ? 'failed without saying why' : text;
}

function wordsOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (thrown === undefined || thrown === null) return '';
  try {
    const words: unknown = JSON.stringify(thrown);
    return typeof words === 'string' ? words : typeof thrown;
  } catch {
    return typeof thrown;
  }
}

/** Why a signal was aborted, as an error. */
export function abortCause(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new RpcError('connection', textOfThrown(reason));
}
