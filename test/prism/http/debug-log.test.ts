import { debugLogLayer } from '../../../src/prism/http/debug-log.js';
import { KeptLog, rejection } from '../fixtures.js';
import { call, reply, scripted } from './calls.js';

test('one line for each exchange, without headers and bodies', async () => {
  const log = new KeptLog();
  let now = 0;
  const layer = debugLogLayer(() => (now += 7));
  const secret = { headers: { authorization: 'Basic c2VjcmV0' }, body: { password: 'hunter2' } };
  const next = scripted(
    reply(202, { body: '{"token":"t0ps3cret"}', setCookie: ['S=c00kie'] }),
    new Error('broke'),
  );
  await layer(next)(call({ ...secret, logger: log, method: 'POST', path: '/api/vms' }));
  await rejection(layer(next)(call({ ...secret, logger: log })));
  expect(log.lines).toEqual([
    'debug POST /api/vms -> 202, 21 characters, 7 ms',
    'debug GET /api/x -> broke, 7 ms',
  ]);
});
