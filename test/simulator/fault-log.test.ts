import type { FaultRuleInput } from '../../src/simulator/index.js';
import { silentLogger } from '../../src/support/index.js';
import { at } from './api-client.js';
import { started } from './running.js';
import { vmBody } from './vm-bodies.js';

type Effects = FaultRuleInput['do'];

/** Everything that a rule can do: a new effect without a row here does not compile. */
const ROWS: Readonly<Record<Exclude<keyof Effects, 'body' | 'headers' | 'effect'>, Effects>> = {
  status: { status: 503, body: 'no', headers: { 'Retry-After': '1' }, effect: 'none' },
  delay: { delay: 1 },
  hang: { hang: true },
  resetAfter: { resetAfter: 3 },
  half: { half: true },
  task: { task: { outcome: 'endless' } },
  expireSessions: { expireSessions: true },
  conflict: { conflict: true },
  addressChanges: { addressChanges: { to: '10.4.4.4', after: 10 } },
  guestIgnoresAcpi: { guestIgnoresAcpi: true },
  linkLocalFirst: { linkLocalFirst: true },
  absent: { absent: 503 },
  strip: { strip: { request: ['x-one'], answer: ['ETag'] } },
  hide: { hide: ['name'] },
  lag: { lag: 1 },
  changedMeanwhile: { changedMeanwhile: true },
  forgetsRequests: { forgetsRequests: true },
};

describe('every fault shows in the request log, in the state, and in the log on stderr', () => {
  test.each(Object.entries(ROWS))('%s', async (name, effects) => {
    const lines: string[] = [];
    const logger = { ...silentLogger, debug: (line: string) => void lines.push(line) };
    const { api, simulator } = await started({ logger });
    await api.call('GET', '/versions');
    simulator.addFault({ name, match: { path: '/vms' }, do: effects });
    const given = new AbortController();
    const call = api.call('POST', '/vms', vmBody(), { signal: given.signal }).catch(() => undefined);
    while (lines.length < 2) await new Promise(setImmediate);
    given.abort();
    await call;
    await api.call('GET', '/versions');

    const { body } = await api.absolute('GET', '/simulator/state');
    expect(at(body, 'requests', 'latest')).toMatchObject([
      { faults: [] },
      { faults: [name] },
      { faults: [] },
    ]);
    expect(at(body, 'faults')).toEqual([{ name, struck: 1 }]);
    expect(lines.map((line) => line.endsWith(` fault: ${name}`))).toEqual([false, true, false]);
  });

  test('each of several, also for a path that does not exist and for nobody', async () => {
    const rule = (name: string): FaultRuleInput => ({ name, do: { delay: 1 } });
    const { api, simulator } = await started({ faults: [rule('one'), rule('two')] });
    await api.call('GET', '/nope');
    await api.call('GET', '/versions', undefined, { signIn: false });
    expect(simulator.snapshot().requests.latest).toMatchObject([
      { status: 404, faults: ['one', 'two'] },
      { status: 401, faults: ['one', 'two'] },
    ]);
  });
});
