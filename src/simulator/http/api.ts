import type { RecordedTimes } from '../core/latency.js';
import type { Refusal } from '../core/refusal.js';
import type { World } from '../core/world.js';
import type { Answer, Route } from './route.js';

/** How an API words its answers to requests that no route has answered. */
export interface ErrorAnswers {
  refused(refusal: Refusal): Answer;
  unknownPath(): Answer;
  wrongMethod(): Answer;
}

/** A request to this server that comes from inside, e.g. one of a batch. */
export interface InnerRequest {
  readonly method: Route['method'];
  /** With the base path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Sends a request the same way as one from outside. */
export type InnerSend = (
  request: InnerRequest,
) => Promise<{ readonly status: number; readonly body: string }>;

/** A version of the API: all that the server and the table of src/simulator/apis.ts know of it. */
export interface ApiVersion {
  /** e.g. `/api/nutanix/v3`. */
  readonly basePath: string;
  readonly errors: ErrorAnswers;
  readonly recordedTimes: RecordedTimes;
  /** Its endpoints, on what is in this world. */
  routes(world: World, send: InnerSend): Route[];
}
