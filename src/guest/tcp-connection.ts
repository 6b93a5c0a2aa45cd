import { connect, type Socket } from 'node:net';
import { abortReason, limitTimer } from '../support/index.js';

/** What came of one attempt to open a TCP connection. */
export type TcpAttempt =
  | { readonly state: 'connected'; readonly socket: Socket }
  /** The peer is there and says no: something uses the address. */
  | { readonly state: 'refused'; readonly seen: string }
  | { readonly state: 'silent'; readonly seen: string };

/** Long enough for one lost SYN to be sent again (after 1 s) and answered. */
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * One attempt to connect, at most `limit` ms, or 3 s. Never rejects for what the network does; rejects with the signal's
 * reason when `signal` is aborted. A connected socket belongs to the caller.
 */
export async function openTcp(
  host: string,
  port: number,
  signal: AbortSignal,
  limit = CONNECT_TIMEOUT_MS,
): Promise<TcpAttempt> {
  signal.throwIfAborted();
  return await new Promise<TcpAttempt>((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = limitTimer(limit, () => give({ state: 'silent', seen: 'no answer' }));
    const onAbort = (): void => {
      stop();
      socket.destroy();
      reject(abortReason(signal));
    };
    const stop = (): void => {
      timer.clear();
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
      // A socket without this listener would end the process on a late reset.
      socket.on('error', () => undefined);
    };
    const give = (attempt: TcpAttempt): void => {
      stop();
      if (attempt.state !== 'connected') socket.destroy();
      resolve(attempt);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => give({ state: 'connected', socket }));
    socket.once('error', (error: NodeJS.ErrnoException) => give(attemptOf(error)));
  });
}

/** Like `openTcp`, for a caller that only wants to know whether the port answers. */
export async function probeTcp(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<'connected' | 'refused' | 'silent'> {
  const attempt = await openTcp(host, port, signal);
  if (attempt.state === 'connected') attempt.socket.destroy();
  return attempt.state;
}

/** A connection that is only there to see when its peer goes away. */
export interface HeldConnection {
  /** True once the peer has closed or reset it. */
  readonly lost: boolean;
  release(): void;
}

/** Opens a connection and keeps it, silent; undefined when the port does not accept one. */
export async function holdTcp(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<HeldConnection | undefined> {
  const attempt = await openTcp(host, port, signal);
  if (attempt.state !== 'connected') return undefined;
  const { socket } = attempt;
  let lost = false;
  // Without a reader the end of the stream would not be noticed.
  socket.resume().once('close', () => (lost = true));
  return {
    get lost() {
      return lost;
    },
    release: () => void socket.destroy(),
  };
}

function attemptOf(error: NodeJS.ErrnoException): TcpAttempt {
  switch (error.code) {
    case 'ECONNREFUSED':
      return { state: 'refused', seen: 'connection refused' };
    case 'ECONNRESET':
      return { state: 'refused', seen: 'connection reset' };
    case 'EHOSTUNREACH':
      return { state: 'silent', seen: 'no route to it' };
    case 'ENETUNREACH':
      return { state: 'silent', seen: 'its network cannot be reached from here' };
    default:
      return { state: 'silent', seen: error.code ?? error.message };
  }
}
