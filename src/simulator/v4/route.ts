import type { Answer, Call, Route } from '../http/route.js';
import type { Namespace, ServedVersion } from './versions.js';

/** A request, and which version of which namespace it was sent to. */
export interface V4Call extends Call {
  readonly namespace: Namespace;
  /** Of the path: the server may have a newer one. */
  readonly version: ServedVersion;
  /** `$filter` and the like, decoded. */
  readonly query: URLSearchParams;
  /** What links begin with, e.g. `https://192.0.2.10:9440`. */
  readonly origin: string;
  /** NTNX-Request-Id of what changes something; empty for what only reads. */
  readonly requestId: string;
}

/** An endpoint of a namespace, in all its versions from `since` on. */
export interface V4Route extends Pick<Route, 'method' | 'kind'> {
  /** Below `/api/NAMESPACE/v4.N`, `:name` for parameters. */
  readonly path: string;
  /** The first minor version that has it; 0 when absent. */
  readonly since?: number;
  handle(call: V4Call): Answer | Promise<Answer>;
}
