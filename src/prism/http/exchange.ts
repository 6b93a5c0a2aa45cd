import type { Logger } from '../../support/index.js';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';

/** One request of a back end, before the chain has added anything. */
export interface HttpCall {
  readonly method: HttpMethod;
  /** Path and query on the server, starting with a slash, percent-encoded. */
  readonly path: string;
  /** Sent as JSON; absent = no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** True when sending it twice changes nothing more than sending it once. */
  readonly repeatable: boolean;
  /** True = on a connection of its own, since one that was used before has just broken. */
  readonly freshConnection?: boolean | undefined;
  /** What is being attempted, on which entity; opens the text of every error. */
  readonly attempted: string;
  readonly signal: AbortSignal;
  /** Of the one who makes the call: several may share the chain. */
  readonly logger: Logger;
}

/** What came back, complete: a half-received answer is a failure, not a reply. */
export interface Reply {
  readonly status: number;
  /** Lower-case names; of a repeated header the first value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookie: readonly string[];
  readonly body: string;
}

/** Rejects with an OperationError whose cause is a NoAnswer or an HttpRefusal, where one of these is the reason. */
export type Handler = (call: HttpCall) => Promise<Reply>;

/** One link of the chain: does its own work around the next one. */
export type Layer = (next: Handler) => Handler;
