import type { FaultRuleInput } from '../../../../src/simulator/index.js';
import { context, rejection } from '../../fixtures.js';
import { left, NOTHING, simulated } from '../../simulated.js';
import { presetSpec, v4Providers } from '../simulated-v4.js';

const { start, stop } = simulated();
const { to, stop: stopProviders } = v4Providers();
afterEach(async () => {
  await stopProviders();
  await stop();
});

const CREATE = { api: 'v4', method: 'POST', path: '/vmm/ahv/config/vms' } as const;
const READ = { api: 'v4', method: 'GET', path: '/vmm/ahv/config/vms/*' } as const;
const TASK = { api: 'v4', method: 'GET', path: '/prism/config/tasks/*' } as const;
const POWER_ON = { api: 'v4', method: 'POST', path: '/vmm/ahv/config/vms/*/$actions/power-on' } as const;

const spec = presetSpec('web-1');

async function scene(...faults: readonly FaultRuleInput[]) {
  const simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
  simulator.addFault(...faults);
  const provider = to(simulator);
  const token = await provider.issueCreationToken('web-1', context());
  const creating = async (): Promise<string> => await provider.create(token, spec, context());
  return { simulator, provider, token, creating };
}

const fault = (
  name: string,
  match: FaultRuleInput['match'],
  effects: FaultRuleInput['do'],
): FaultRuleInput => ({
  name,
  match,
  do: effects,
  times: 1,
});

test.each<[string, FaultRuleInput]>([
  ['lost before the create was done', fault('x', CREATE, { resetAfter: -1, effect: 'none' })],
  ['lost after it was done', fault('x', CREATE, { resetAfter: -1, effect: 'done' })],
  ['cut in the middle', fault('x', CREATE, { half: true })],
  ['a gateway’s', fault('x', CREATE, { status: 502, effect: 'done' })],
  ['a gateway’s while nothing was done', fault('x', CREATE, { status: 503 })],
])('an answer that is %s is asked for again, and there is one VM', async (_name, rule) => {
  const { simulator, creating } = await scene(rule);
  const id = await creating();
  expect(simulator.vms()).toMatchObject([{ uuid: id, power: 'ON' }]);
  expect(simulator.snapshot().faults).toMatchObject([{ struck: 1 }]);
  expect(simulator.snapshot().tasks).toHaveLength(2);
});

test('a repeated create with the same token makes no second VM', async () => {
  const { simulator, creating } = await scene();
  const id = await creating();
  expect(await creating()).toBe(id);
  expect(simulator.vms()).toHaveLength(1);
});

test('references are only checked in the task, and its words are told', async () => {
  const { simulator, provider, token } = await scene();
  const subnets = [{ id: '11111111-2222-4333-8444-555555555555', name: 'gone' }];
  const wrong = { ...spec, placement: { ...spec.placement, subnets } };
  const error = await rejection(provider.create(token, wrong, context()));
  expect(error).toMatchObject({
    code: 'task-failed',
    attempted: 'create VM "web-1"',
    problem: expect.stringMatching(/^Prism Central: FAILED: .* is not found\. \[VMM-30604\]$/) as string,
    taskId: expect.stringMatching(/^ZXJnb24=:/) as string,
  });
  expect(left(simulator)).toEqual(NOTHING);
  // The request id has had its task, which is the answer for ever.
  expect(await rejection(provider.create(token, spec, context()))).toMatchObject({ code: 'task-failed' });
});

test('a create that failed and left a VM behind: a removal finds it, also one that knows no more than the token', async () => {
  const { simulator, provider, token, creating } = await scene(
    fault('late step', CREATE, { task: { outcome: 'failed', effect: 'done', errorDetail: 'late step' } }),
  );
  expect(await rejection(creating())).toMatchObject({
    code: 'task-failed',
    problem: expect.stringMatching('late step') as string,
  });
  // A user may want to look at it (--nutanix-keep-on-error).
  expect(simulator.vms()).toHaveLength(1);
  await provider.remove({ name: 'web-1', creationToken: token }, context());
  expect(left(simulator)).toEqual(NOTHING);
});

test('a power-on that fails is told; the VM is left to a removal', async () => {
  const { simulator, provider, token, creating } = await scene(
    fault('no host', POWER_ON, { task: { outcome: 'failed', errorDetail: 'no host has enough memory' } }),
  );
  expect(await rejection(creating())).toMatchObject({
    code: 'task-failed',
    attempted: expect.stringMatching(/^create VM "web-1" \(.*\), power it on$/) as string,
    problem: expect.stringMatching('no host has enough memory') as string,
  });
  expect(simulator.vms()).toHaveLength(1);
  await provider.remove({ name: 'web-1', creationToken: token }, context());
  expect(left(simulator)).toEqual(NOTHING);
});

test('GPUs that no single host has unused are told by the power-on, and a removal leaves nothing', async () => {
  const { simulator, provider, token } = await scene();
  const gpu = { name: 'Tesla_M60_compute', vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', deviceId: 5106 };
  const wanted = { ...spec, placement: { ...spec.placement, gpus: [gpu, gpu, gpu] } };
  expect(await rejection(provider.create(token, wanted, context()))).toMatchObject({
    code: 'task-failed',
    attempted: expect.stringMatching(/^create VM "web-1" \(.*\), power it on$/) as string,
    problem: expect.stringMatching('GPU') as string,
  });
  await provider.remove({ name: 'web-1', creationToken: token }, context());
  expect(left(simulator)).toEqual(NOTHING);
});

test('a VM that is not visible right after its create is waited for', async () => {
  const { simulator, creating } = await scene({
    name: 'late',
    match: { ...READ, nth: { from: 1, to: 3 } },
    do: {
      status: 404,
      body: { data: { error: [{ code: 'VMM-30100', errorGroup: 'VM_NOT_FOUND', message: 'not found' }] } },
    },
  });
  await creating();
  expect(simulator.vms()).toMatchObject([{ power: 'ON' }]);
});

test.each<[string, FaultRuleInput['do']]>([
  ['names no entity', { hide: ['entitiesAffected'] }],
  ['says nothing of what it made', { hide: ['entitiesAffected', 'completionDetails'] }],
])('a task that %s', async (_name, effects) => {
  const { simulator, creating } = await scene({ name: 'x', match: TASK, do: effects });
  const id = await creating();
  expect(simulator.vms()).toMatchObject([{ uuid: id, power: 'ON' }]);
});

test('a task that the server forgets: the tag tells', async () => {
  const { simulator, creating } = await scene({
    name: 'pruned',
    match: { ...TASK, nth: { from: 1, to: 5 } },
    do: {
      status: 404,
      body: { data: { error: [{ code: 'X-404', errorGroup: 'ENTITY_NOT_FOUND', message: 'not found' }] } },
    },
  });
  const id = await creating();
  expect(simulator.vms()).toMatchObject([{ uuid: id, power: 'ON' }]);
});

describe('a proxy that takes away', () => {
  test.each<[string, FaultRuleInput['do'], RegExp]>([
    ['the request id', { strip: { request: ['ntnx-request-id'] } }, /NTNX-Request-Id/],
    ['If-Match', { strip: { request: ['if-match'] } }, /If-Match/],
    ['ETags', { strip: { answer: ['etag'] } }, /If-Match/],
  ])('%s is named, and nothing is left behind', async (_name, effects, words) => {
    const { simulator, provider, token, creating } = await scene({ name: 'proxy', match: {}, do: effects });
    const error = await rejection(creating());
    expect(error).toMatchObject({ code: 'unsupported', advice: expect.stringMatching(words) as string });
    simulator.clearFaults();
    await provider.remove({ name: 'web-1', creationToken: token }, context());
    expect(left(simulator)).toEqual(NOTHING);
  });
});
