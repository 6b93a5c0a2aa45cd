import { NoAnswer } from '../../../../src/prism/http/failure.js';
import { retryLayer } from '../../../../src/prism/http/retry/retry.js';
import { OperationError } from '../../../../src/support/index.js';
import { FastClock, KeptLog, rejection } from '../../fixtures.js';
import { call, reply, scripted } from '../calls.js';

const broken = new OperationError({
  code: 'unreachable',
  attempted: 'test something',
  problem: 'broken',
  cause: new NoAnswer('reset', true),
});

function layer(clock = new FastClock()): ReturnType<typeof retryLayer> {
  return retryLayer({ clock, random: () => 0, server: 'pc.test:9440' });
}

test('a repeatable call is sent until it is answered', async () => {
  const clock = new FastClock();
  const log = new KeptLog();
  const next = scripted(reply(503), broken, reply(502), reply(200, { body: 'x' }));
  const asked = call({ method: 'POST', path: '/list', logger: log });
  expect(await layer(clock)(next)(asked)).toMatchObject({ status: 200 });
  // Behind a broken connection, each attempt has one of its own.
  const fresh = { ...asked, freshConnection: true };
  expect(next.seen).toEqual([asked, asked, fresh, fresh]);
  expect(clock.slept).toEqual([150, 200, 600]);
  expect(log.lines[0]).toBe('debug POST /list: HTTP 503; again in 150 ms');
});

test('the last answer is passed on when the time limit ends', async () => {
  const next = scripted(reply(500), reply(500), reply(500), reply(503));
  expect(await layer()(next)(call())).toMatchObject({ status: 503 });
});

test('the last error is passed on when the time limit ends', async () => {
  const next = scripted(broken, broken, broken, broken);
  expect(await rejection(layer()(next)(call()))).toBe(broken);
});

test('a call that must not happen twice is sent once', async () => {
  const next = scripted(broken);
  expect(await rejection(layer()(next)(call({ repeatable: false })))).toBe(broken);
});

test('an error that is no missing answer is final', async () => {
  const unauthenticated = new OperationError({ code: 'unauthenticated', attempted: 'a', problem: 'b' });
  const next = scripted(unauthenticated);
  expect(await rejection(layer()(next)(call()))).toBe(unauthenticated);
  expect(next.seen).toHaveLength(1);
});

test('Retry-After is obeyed', async () => {
  const clock = new FastClock();
  const next = scripted(reply(429, { headers: { 'retry-after': '9' } }), reply(200));
  await layer(clock)(next)(call({ repeatable: false }));
  expect(clock.slept).toEqual([9_000]);
});

test('a deadline during the pause ends the call and says what was last seen', async () => {
  const controller = new AbortController();
  const timeout = new OperationError({
    code: 'timeout',
    attempted: 'create host',
    problem: 'not done after 5 s',
  });
  const next = scripted(reply(503));
  const clock = new FastClock();
  clock.sleep = (_ms, signal) => {
    controller.abort(timeout);
    signal?.throwIfAborted();
    return Promise.resolve();
  };
  const error = await rejection(layer(clock)(next)(call({ signal: controller.signal })));
  expect(error).toMatchObject({
    code: 'timeout',
    problem: 'not done after 5 s; was waiting for the moment to ask pc.test:9440 again, last seen: HTTP 503',
    advice: 'Check whether Prism Central serves requests at pc.test:9440.',
  });
});
