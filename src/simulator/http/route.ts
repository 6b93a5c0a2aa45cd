import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { GuestFault } from '../core/faults/fault-rule.js';
import type { TaskFault } from '../core/task-engine.js';
import type { User } from '../core/world.js';

/** A request as the entity types see it, after authentication. */
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
  /** A fault rule has it that the server no longer knows which requests it carried out. */
  readonly forgetsRequests: boolean;
  /** What fault rules make of the guest. */
  readonly guestFault: GuestFault;
  /** The client has gone. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** undefined = no body at all. */
  readonly body: unknown;
  /** Besides those that every answer of the API has. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Thrown by a handler that has its answer before its end, as a rule an error in the words of its API. */
export class EarlyAnswer extends Error {
  override readonly name = 'EarlyAnswer';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`answered with ${String(answer.status)}`);
    this.answer = answer;
  }
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** Below the mount's base path, `:name` for parameters. */
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
  /** With the mount's label, e.g. `/vms/:uuid`, `/vmm/ahv/config/vms/:extId`; empty for an unknown path. */
  readonly pattern: string;
  readonly kind: string;
  /** e.g. `GET /vms/:uuid`. */
  readonly label: string;
}

/** Which route a path belongs to, for logs, faults and the choice between 404 and 405. */
export class RouteTable {
  readonly #rows: readonly { readonly route: Route; readonly regExp: RegExp }[];
  readonly #label: string;

  constructor(routes: readonly Route[], label: string) {
    this.#label = label;
    // Literal paths first: `/vms/list` is also a `/vms/:uuid`.
    const ordered = [...routes].sort((a, b) => parameters(a.path) - parameters(b.path));
    this.#rows = ordered.map((route) => ({ route, regExp: regExpOf(route.path) }));
  }

  patternOf(method: string, pathAndQuery: string): Pattern {
    const path = withoutQuery(pathAndQuery);
    const row = this.#rows.find(({ route, regExp }) => route.method === method && regExp.test(path));
    if (row === undefined) return { pattern: '', kind: '', label: '(unknown)' };
    const pattern = `${this.#label}${row.route.path}`;
    return { pattern, kind: row.route.kind, label: `${method} ${pattern}` };
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
  const literal = path.replace(/[$.]/g, '\\$&');
  return new RegExp(`^${literal.replace(/:\w+/g, '[^/]+')}$`);
}
