import type { HttpCall, Handler, Reply } from '../../../src/prism/http/exchange.js';
import { silentLogger } from '../../../src/support/index.js';

export function call(changed: Partial<HttpCall> = {}): HttpCall {
  return {
    method: 'GET',
    path: '/api/x',
    repeatable: true,
    attempted: 'test something',
    signal: new AbortController().signal,
    logger: silentLogger,
    ...changed,
  };
}

export function reply(status: number, changed: Partial<Reply> = {}): Reply {
  return { status, headers: {}, setCookie: [], body: '', ...changed };
}

/** A handler that answers from a list, and keeps what it was asked; an Error in the list is thrown. */
export function scripted(...answers: (Reply | Error)[]): Handler & { readonly seen: HttpCall[] } {
  const seen: HttpCall[] = [];
  const handler: Handler = (asked) => {
    seen.push(asked);
    const next = answers.shift();
    if (next === undefined) return Promise.reject(new Error('no more answers'));
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  return Object.assign(handler, { seen });
}
