import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { GuestFault } from '../core/faults/fault-rule.js';
import type { TaskFault } from '../core/task-engine.js';
import type { User } from '../core/world.js';

/** A request as the kinds see it, after authentication. */
export interface Call {
  readonly method: string;
  /** Path with query, for error texts. */
  readonly path: string;
  /** Percent-decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined without a body; a stream for `application/octet-stream`. */
  readonly body: unknown;
  readonly stream: Readable | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly user: User;
  /** What fault rules make of the task this call may start. */
  readonly taskFault: TaskFault | undefined;
  /** What fault rules make of the guest. */
  readonly guestFault: GuestFault;
  /** The client has gone. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** undefined = no body at all. */
  readonly body: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the API's base path, `:name` for parameters. */
  readonly path: string;
  readonly kind: string;
  handle(call: Call): Answer | Promise<Answer>;
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function accepted(body: unknown): Answer {
  return { status: 202, body };
}

/** A path parameter that the route's pattern guarantees. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

export interface Pattern {
  /** e.g. `/vms/:uuid`; empty for an unknown path. */
  readonly pattern: string;
  readonly kind: string;
  /** e.g. `GET /vms/:uuid`. */
  readonly label: string;
}

/** Which route a path belongs to, for logs, faults and the choice between 404 and 405. */
export class RouteTable {
  readonly #rows: readonly { readonly route: Route; readonly regExp: RegExp }[];

  constructor(routes: readonly Route[]) {
    // Literal paths first: `/vms/list` is also a `/vms/:uuid`.
    const ordered = [...routes].sort((a, b) => parameters(a.path) - parameters(b.path));
    this.#rows = ordered.map((route) => ({ route, regExp: regExpOf(route.path) }));
  }

  patternOf(method: string, pathAndQuery: string): Pattern {
    const path = withoutQuery(pathAndQuery);
    const row = this.#rows.find(({ route, regExp }) => route.method === method && regExp.test(path));
    if (row === undefined) return { pattern: '', kind: '', label: '(unknown)' };
    const { path: pattern, kind } = row.route;
    return { pattern, kind, label: `${method} ${pattern}` };
  }

  /** True when the path exists for some method. */
  hasPath(pathAndQuery: string): boolean {
    const path = withoutQuery(pathAndQuery);
    return this.#rows.some(({ regExp }) => regExp.test(path));
  }
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? '';
}

function parameters(path: string): number {
  return path.split(':').length;
}

function regExpOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);
}
