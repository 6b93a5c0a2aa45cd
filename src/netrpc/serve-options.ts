import type { DecoderLimits } from '../gob/index.js';
import type { ByteBudget } from './byte-budget.js';

export interface ServeLimits {
  /** Bytes of the HTTP request that opens a connection. */
  readonly maxPreambleBytes: number;
  /** How long a connection may take for that request, in ms. */
  readonly preambleTimeoutMs: number;
  /** Calls that run at the same time on one connection; more are left unread until one is answered. */
  readonly maxPendingCalls: number;
  /** How long, in ms, the client may take to close its side after it was sent everything. */
  readonly lingerMs: number;
  readonly gob: Partial<DecoderLimits>;
}

export interface ServeOptions {
  readonly path?: string | undefined;
  readonly limits?: Partial<ServeLimits> | undefined;
  /** Shared by all connections of a server; without one each has only its own limits. */
  readonly budget?: ByteBudget | undefined;
  /** Told of each call as soon as it was read, before it runs; unknown methods included. */
  readonly onCall?: ((serviceMethod: string) => void) | undefined;
  /** Told why a connection ended other than by the client closing it between two calls. */
  readonly onError?: ((error: Error) => void) | undefined;
}

export const DEFAULT_PATH = '/_goRPC_';

export const DEFAULT_SERVE_LIMITS: ServeLimits = {
  maxPreambleBytes: 8 * 1024,
  preambleTimeoutMs: 10_000,
  maxPendingCalls: 256,
  lingerMs: 1_000,
  gob: {},
};
