import { OperationError } from '../../support/index.js';
import type { HttpCall, Handler, Reply } from './exchange.js';

/** A successful answer with its body read as JSON; an empty body is undefined. */
export interface JsonReply extends Omit<Reply, 'body'> {
  readonly json: unknown;
}

export type JsonHandler = (call: HttpCall) => Promise<JsonReply>;

/** The outermost link: from here on an answer is JSON. */
export function parseJson(next: Handler): JsonHandler {
  return async (call) => {
    const { body, ...rest } = await next(call);
    return { ...rest, json: body.trim() === '' ? undefined : parsed(body, call) };
  };
}

function parsed(body: string, call: HttpCall): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    const start = body.slice(0, 80).replace(/\s+/g, ' ');
    throw new OperationError({
      code: 'unexpected-response',
      attempted: call.attempted,
      problem: `the answer is not JSON; it starts with "${start}"`,
      advice: 'Check that the endpoint is a Prism Central and not a portal or proxy in front of it.',
      cause,
    });
  }
}
