import type { RecordedTimes } from '../core/latency.js';
import type { PcVersion } from '../core/pc-version.js';
import type { Refusal } from '../core/refusal.js';
import type { World } from '../core/world.js';
import type { LimitTable } from './api-limits.js';
import type { Answer, Route } from './route.js';

/** What an error says of the request. */
export interface RefusedRequest {
  /** With query. */
  readonly path: string;
  /** ms since 1970. */
  readonly now: number;
}

/** How an API words its answers to requests that no route has answered. */
export interface ErrorAnswers {
  refused(refusal: Refusal, request: RefusedRequest): Answer;
  unknownPath(): Answer;
  wrongMethod(): Answer;
}

/** An API's web framework answers a path that it does not know, before the API is reached; v3 and v4 have the same. */
export const frameworkAnswers: Pick<ErrorAnswers, 'unknownPath' | 'wrongMethod'> = {
  unknownPath: () => ({
    status: 404,
    body: {
      message:
        'The requested URL was not found on the server. If you entered the URL manually please check your ' +
        'spelling and try again.',
    },
  }),
  wrongMethod: () => ({
    status: 405,
    body: { message: 'The method is not allowed for the requested URL.' },
  }),
};

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

/** The endpoints below one base path: an API may have several, such as one for each of its own versions. */
export interface Mount {
  /** e.g. `/api/nutanix/v3`, `/api/vmm/v4.3`. */
  readonly basePath: string;
  /**
   * What stands before a route's path where logs, latency and fault rules name it: nothing, or e.g. `/vmm` for
   * `/vmm/ahv/config/vms`, which is one endpoint, whatever the version in its base path.
   */
  readonly label: string;
  readonly routes: readonly Route[];
  readonly errors: ErrorAnswers;
}

/** What an answer's headers depend on. */
export interface AnswerFacts {
  readonly version: PcVersion;
  readonly status: number;
  /** How long the server had the request. */
  readonly serviceMs: number;
}

export const API_NAMES = ['v3', 'v4'] as const;
export type ApiName = (typeof API_NAMES)[number];

/** Headers by name; a list is sent as so many lines. */
export type HeaderLines = Readonly<Record<string, string | string[]>>;

/** A version of the API: all that the server and the table of src/simulator/apis.ts know of it. */
export interface ApiVersion {
  readonly name: ApiName;
  /** What the base paths of all its mounts begin with. */
  readonly basePath: string;
  /** For what has no mount of its own. */
  readonly errors: ErrorAnswers;
  readonly recordedTimes: RecordedTimes;
  /** How many requests it takes, as recorded; absent where nothing is known of limits. */
  readonly recordedLimits?: LimitTable;
  /** Whether a Prism Central of this version has it at all. */
  isServedBy(version: PcVersion): boolean;
  /** What every answer carries besides its own. */
  headers(facts: AnswerFacts): HeaderLines;
  /** Its endpoints, on what is in this world. */
  mounts(world: World, send: InnerSend): readonly Mount[];
}
