import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../core/refusal.js';

const DEEPEST = 64;

/**
 * Bodies as the real server takes them: JSON, also empty with a JSON content type (clients send that with
 * GET and DELETE), raw bytes for image upload as a stream, nothing else. `seen` is given every text.
 */
export function parseBodies(
  app: FastifyInstance,
  seen: (request: FastifyRequest, text: string) => void,
): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text === '') {
      done(null, undefined);
      return;
    }
    seen(request, text);
    void parseJson(request, text, (error, value) => {
      if (error !== null) done(badJson('The body is not valid JSON'));
      else if (isTooDeep(value)) done(badJson('The body is nested too deeply'));
      else done(null, value);
    });
  });
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    if (body.toString() === '') done(null, undefined);
    else done(unsupported());
  });
}

/** Deeper than any real request; what is accepted has to be written out again, which goes by recursion. */
function isTooDeep(body: unknown): boolean {
  let level = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? valuesOf(value) : []));
  }
  return false;
}

function valuesOf(value: object): unknown[] {
  return Object.values(value);
}

function badJson(problem: string): Refusal {
  return new Refusal({ code: 'malformed-body', message: problem });
}

function unsupported(): Refusal {
  const message = 'Unsupported media type; application/json is expected.';
  return new Refusal({ code: 'unsupported-media-type', message });
}
