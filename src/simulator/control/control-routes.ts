import type { FastifyInstance } from 'fastify';
import { hasCode } from '../../support/index.js';
import type { Injector } from '../core/faults/injector.js';
import { parseFaultRules } from '../core/faults/fault-rule.js';
import type { Authentication } from '../http/authentication.js';
import type { ErrorAnswers } from '../http/api.js';
import { named } from '../http/server.js';
import { Refusal } from '../core/refusal.js';
import type { Snapshot } from './inspection.js';

export interface Control {
  readonly authentication: Authentication;
  readonly injector: Injector;
  /** In whose words errors are told. */
  readonly errors: ErrorAnswers;
  snapshot(): Snapshot;
  /** ms since 1970. */
  now(): number;
}

/**
 * The simulator's own endpoints, outside the API: looking needs no credentials, changing needs an
 * administrator's.
 *
 *   GET    /simulator/state          everything that may be seen, as JSON
 *   GET    /simulator/faults         the fault rules with their counts
 *   POST   /simulator/faults         one rule or a list of rules
 *   DELETE /simulator/faults         removes all;  /simulator/faults/:name removes one
 */
export async function serveControl(app: FastifyInstance, control: Control): Promise<void> {
  const { injector, authentication, errors } = control;
  await app.register(
    named('control', (scope, _options, done) => {
      scope.addHook('onRequest', (request, _reply, next) => {
        if (request.method !== 'GET') {
          const { user } = authentication.signIn(request.headers);
          if (user.role !== 'admin') throw Refusal.forbidden(request.method, request.url);
        }
        next();
      });
      scope.setErrorHandler((error, request, reply) => {
        const answer = errors.refused(asRefusal(error), { path: request.url, now: control.now() });
        return reply.code(answer.status).send(answer.body);
      });
      scope.get('/state', () => control.snapshot());
      scope.get('/faults', () => injector.list());
      scope.post('/faults', (request, reply) => {
        injector.add(parseFaultRules(request.body, 'the control endpoint'));
        return reply.code(201).send(injector.list());
      });
      scope.delete('/faults', () => {
        injector.clear();
        return injector.list();
      });
      scope.delete<{ Params: { name: string } }>('/faults/:name', (request) => {
        if (!injector.remove(request.params.name)) throw Refusal.notFound('fault', request.params.name);
        return injector.list();
      });
      done();
    }),
    { prefix: '/simulator' },
  );
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  const status = hasCode(error, 'invalid-input') ? 422 : 400;
  return new Refusal({ code: 'bad-request', status, message });
}
