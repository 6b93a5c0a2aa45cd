import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { TaskFault } from '../core/tasks/task-engine.js';
import type { GuestFault } from '../core/faults/fault-rule.js';
import type { User } from '../core/users.js';

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
