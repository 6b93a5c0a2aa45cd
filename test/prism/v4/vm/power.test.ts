import type { PrismProvider } from '../../../../src/prism/index.js';
import type { CallContext } from '../../../../src/provider/index.js';
import type { FaultRuleInput } from '../../../../src/simulator/index.js';
import { context, rejection } from '../../fixtures.js';
import { simulated } from '../../simulated.js';
import { presetSpec, v4Providers } from '../simulated-v4.js';

const { start, stop } = simulated();
const { to, stop: stopProviders } = v4Providers();
afterEach(async () => {
  await stopProviders();
  await stop();
});

async function scene(staleTag: 'refused' | 'task' = 'refused') {
  const simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast', behaviour: { staleTag } });
  const provider = to(simulator);
  const token = await provider.issueCreationToken('web-1', context());
  const id = await provider.create(token, presetSpec('web-1'), context());
  return { simulator, provider, id };
}

interface Action {
  readonly path: string;
  readonly act: (provider: PrismProvider, id: string, how: CallContext) => Promise<void>;
  /** Power before, and after. */
  readonly from: 'ON' | 'OFF';
  readonly to: 'ON' | 'OFF' | undefined;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  'power-on': { path: 'power-on', act: (p, id, how) => p.powerOn(id, how), from: 'OFF', to: 'ON' },
  'power-off': { path: 'power-off', act: (p, id, how) => p.powerOff(id, how), from: 'ON', to: 'OFF' },
  shutdown: { path: 'shutdown', act: (p, id, how) => p.requestShutdown(id, how), from: 'ON', to: undefined },
  reboot: { path: 'reboot', act: (p, id, how) => p.requestReboot(id, how), from: 'ON', to: undefined },
  reset: { path: 'reset', act: (p, id, how) => p.reset(id, how), from: 'ON', to: 'ON' },
};

describe.each(Object.entries(ACTIONS))('%s', (_name, { path, act, from, to: after }) => {
  const match = { api: 'v4', method: 'POST', path: `/vmm/ahv/config/vms/*/$actions/${path}` } as const;

  test.each<[string, 'refused' | 'task', FaultRuleInput]>([
    ['is done', 'refused', { name: 'none', match, do: { delay: 0 } }],
    [
      'is repeated when the VM was changed meanwhile',
      'refused',
      { name: 'x', match, do: { changedMeanwhile: true }, times: 2 },
    ],
    [
      'is repeated when the task says so',
      'task',
      { name: 'x', match, do: { changedMeanwhile: true }, times: 2 },
    ],
    [
      'is asked for again after a gateway’s answer',
      'refused',
      { name: 'x', match, do: { status: 503 }, times: 1 },
    ],
    [
      'is asked for again after a lost answer',
      'refused',
      { name: 'x', match, do: { resetAfter: -1, effect: 'none' }, times: 1 },
    ],
  ])('%s (%s)', async (_title, staleTag, rule) => {
    const { simulator, provider, id } = await scene(staleTag);
    if (from === 'OFF') await provider.powerOff(id, context());
    simulator.addFault(rule);
    await act(provider, id, context());
    if (after !== undefined) expect(simulator.vms()).toMatchObject([{ power: after }]);
    expect(simulator.snapshot().faults.every(({ struck }) => struck >= (rule.times ?? 1))).toBe(true);
  });

  test('of a VM that is gone is not found', async () => {
    const { provider } = await scene();
    const error = await rejection(act(provider, '11111111-2222-4333-8444-555555555555', context()));
    expect(error).toMatchObject({ code: 'not-found' });
  });

  test('that fails is told in the words of its task', async () => {
    const { simulator, provider, id } = await scene();
    if (from === 'OFF') await provider.powerOff(id, context());
    simulator.addFault({ name: 'x', match, do: { task: { outcome: 'failed', errorDetail: 'no way' } } });
    expect(await rejection(act(provider, id, context()))).toMatchObject({
      code: 'task-failed',
      problem: expect.stringMatching('no way') as string,
      taskId: expect.any(String) as string,
    });
  });
});

test('every request has an id of its own, also when an action is repeated', async () => {
  const { simulator, provider, id } = await scene();
  const match = { api: 'v4', method: 'POST', path: '/vmm/ahv/config/vms/*/$actions/power-off' } as const;
  // The server would answer a known id with the failed task.
  simulator.addFault({ name: 'x', match, do: { changedMeanwhile: true }, times: 1 });
  await provider.powerOff(id, context());
  await provider.powerOn(id, context());
  await provider.powerOff(id, context());
  expect(simulator.vms()).toMatchObject([{ power: 'OFF' }]);
});

test.each([
  ['power-on', 'OFF'],
  ['power-off', 'ON'],
])('a %s whose task fails although it was done is success', async (path, before) => {
  const { simulator, provider, id } = await scene();
  if (before === 'OFF') await provider.powerOff(id, context());
  const match = { api: 'v4', method: 'POST', path: `/vmm/ahv/config/vms/*/$actions/${path}` } as const;
  simulator.addFault({ name: 'x', match, do: { task: { outcome: 'failed', effect: 'done' } } });
  await ACTIONS[path]?.act(provider, id, context());
  expect(simulator.vms()).toMatchObject([{ power: before === 'OFF' ? 'ON' : 'OFF' }]);
});

test.each([
  ['If-Match from requests', { request: ['if-match'] }],
  ['ETag from answers', { answer: ['etag'] }],
])('a proxy that removes %s is told from the refusal', async (_what, strip) => {
  const { simulator, provider, id } = await scene();
  simulator.addFault({ name: 'proxy', match: { api: 'v4' }, do: { strip } });
  const error = await rejection(provider.powerOff(id, context()));
  expect(error).toMatchObject({ code: 'unsupported' });
  expect(String(error)).toMatch(/If-Match pass in requests, and ETag in answers\.$/);
});

test('a power-off is over when a read shows it', async () => {
  const { simulator, provider, id } = await scene();
  const match = { api: 'v4', method: 'GET', path: '/vmm/ahv/config/vms/*' } as const;
  simulator.addFault({ name: 'lagging', match, do: { lag: 3 } });
  await provider.powerOff(id, context());
  expect(await provider.find({ name: 'web-1', vmId: id }, context())).toMatchObject({ power: 'off' });
});
