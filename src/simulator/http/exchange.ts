import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../core/refusal.js';
import type { Strike } from '../core/faults/injector.js';
import type { Admission } from './api-limits.js';
import type { RequestEntry } from './request-log.js';
import type { User } from '../core/world.js';

/** One request under way. */
export interface Exchange {
  readonly entry: RequestEntry;
  readonly strike: Strike;
  /** Path pattern of its route; empty for an unknown path. */
  readonly pattern: string;
  /** Aborted when the client has gone or everything was sent. */
  readonly over: AbortController;
  user?: User | undefined;
  cookie?: string | undefined;
  /** What its answer says of limits. */
  limits?: Admission['headers'] | undefined;
}

/** Requests under way, by Fastify's object for them. */
export class Exchanges {
  readonly #all = new WeakMap<FastifyRequest, Exchange>();

  open(request: FastifyRequest, reply: FastifyReply, parts: Omit<Exchange, 'over'>): Exchange {
    const exchange: Exchange = { ...parts, over: new AbortController() };
    exchange.entry.faults.push(...exchange.strike.names);
    reply.raw.once('close', () => exchange.over.abort());
    this.#all.set(request, exchange);
    return exchange;
  }

  of(request: FastifyRequest): Exchange | undefined {
    return this.#all.get(request);
  }

  /** For handlers, which run only after the exchange was opened and its user known. */
  signedIn(request: FastifyRequest): Exchange & { readonly user: User } {
    const exchange = this.#all.get(request);
    const user = exchange?.user;
    if (exchange === undefined || user === undefined) throw Refusal.unauthenticated();
    return Object.assign(exchange, { user });
  }
}
