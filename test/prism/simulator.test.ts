import type { VmIdentity } from '../../src/provider/index.js';
import type { SimulatorOptions } from '../../src/simulator/index.js';
import { context, KeptLog, rejection } from './fixtures.js';
import { left, NOTHING, request, simulated, specFrom } from './simulated.js';

const { start, providerTo, stop } = simulated();
afterEach(stop);

describe.each<[string, SimulatorOptions]>([
  ['pc.2024.3', {}],
  ['pc.2024.3 that shows a VM before it is made', { behaviour: { earlyRead: 'pending' } }],
  ['pc.2021.9', { pcVersion: 'pc.2021.9' }],
  ['5.10', { pcVersion: '5.10.3' }],
])('on %s', (_name, options) => {
  test('the whole life of a VM', async () => {
    const simulator = await start(options);
    const provider = providerTo(simulator);
    const spec = await specFrom(provider);
    const creationToken = await provider.issueCreationToken('web-1', context());
    const identity: VmIdentity = { name: 'web-1', creationToken };
    expect(await provider.find(identity, context())).toBeUndefined();

    const vmId = await provider.create(creationToken, spec, context());
    expect(await provider.create(creationToken, spec, context())).toBe(vmId);
    expect(simulator.vms()).toHaveLength(1);
    const [vm] = simulator.vms();
    expect(vm).toMatchObject({
      uuid: vmId,
      name: 'web-1',
      power: 'ON',
      description: `a host [test-driver ${creationToken}]`,
    });
    expect(await provider.find({ ...identity, vmId }, context())).toMatchObject({
      lifecycle: 'ready',
      power: 'on',
    });

    await provider.powerOff(vmId, context());
    await provider.powerOff(vmId, context());
    expect(await provider.find(identity, context())).toMatchObject({ power: 'off' });
    await provider.requestShutdown(vmId, context());
    expect(await rejection(provider.requestReboot(vmId, context()))).toMatchObject({ code: 'not-running' });
    await provider.powerOn(vmId, context());
    await provider.requestReboot(vmId, context());
    await provider.reset(vmId, context());
    expect(await provider.find(identity, context())).toMatchObject({ power: 'on' });
    expect(simulator.vms()[0]?.disks).toEqual(vm?.disks);

    await provider.remove({ ...identity, vmId }, context());
    expect(left(simulator)).toEqual(NOTHING);
    await provider.remove({ ...identity, vmId }, context());
    expect(await provider.find({ ...identity, vmId }, context())).toBeUndefined();
  });

  test('a create that fails leaves nothing after remove', async () => {
    const simulator = await start({
      ...options,
      faults: [
        {
          name: 'fail',
          match: { method: 'POST', path: '/vms' },
          do: { task: { outcome: 'failed', effect: 'done' } },
        },
      ],
    });
    const provider = providerTo(simulator);
    const spec = await specFrom(provider);
    const creationToken = await provider.issueCreationToken('web-1', context());
    const error = await rejection(provider.create(creationToken, spec, context()));
    expect(error).toMatchObject({ code: 'task-failed' });
    expect(String(error)).toContain('Internal Server Error');
    await provider.remove({ name: 'web-1', creationToken }, context());
    expect(left(simulator)).toEqual(NOTHING);
  });
});

describe('faults on the way of a create', () => {
  const vms = { method: 'POST', path: '/vms' } as const;
  test.each<[string, NonNullable<SimulatorOptions['faults']>]>([
    ['answer lost after the work began', [{ name: 'a', match: vms, do: { resetAfter: -1 }, times: 1 }]],
    [
      'answer lost, nothing done',
      [{ name: 'a', match: vms, do: { resetAfter: -1, effect: 'none' }, times: 2 }],
    ],
    ['half an answer', [{ name: 'a', match: vms, do: { half: true }, times: 1 }]],
    [
      '502 although it was done',
      [{ name: 'a', match: vms, do: { status: 502, body: '<html>', effect: 'done' }, times: 1 }],
    ],
    [
      '429 with Retry-After',
      [{ name: 'a', match: vms, do: { status: 429, headers: { 'Retry-After': '1' } }, times: 2 }],
    ],
    [
      '503 without a body while waiting',
      [{ name: 'a', match: { kind: 'task' }, do: { status: 503, body: '' }, times: 9 }],
    ],
    [
      'connections that break while waiting',
      [{ name: 'a', match: { kind: 'task' }, do: { resetAfter: 3 }, times: 9 }],
    ],
    ['sessions that end all the time', [{ name: 'a', do: { expireSessions: true } }]],
    [
      'every third request broken',
      [{ name: 'a', match: { nth: [3, 6, 9, 12, 15, 18] }, do: { half: true } }],
    ],
  ])('%s', async (_name, faults) => {
    const simulator = await start({ behaviour: { repeatedCreate: 'fail' } });
    const provider = providerTo(simulator);
    const spec = await specFrom(provider);
    const creationToken = await provider.issueCreationToken('web-1', context());
    simulator.addFault(...faults);
    const vmId = await provider.create(creationToken, spec, context());
    expect(simulator.vms().map(({ uuid }) => uuid)).toEqual([vmId]);
    await provider.remove({ name: 'web-1', creationToken, vmId }, context());
    simulator.clearFaults();
    expect(left(simulator)).toEqual(NOTHING);
  });

  test('conflicts with someone else’s changes', async () => {
    const simulator = await start();
    const provider = providerTo(simulator);
    const creationToken = await provider.issueCreationToken('web-1', context());
    const vmId = await provider.create(creationToken, await specFrom(provider), context());
    simulator.addFault({ name: 'c', match: { method: 'PUT' }, do: { conflict: true }, times: 3 });
    await provider.powerOff(vmId, context());
    expect(await provider.find({ name: 'web-1', vmId }, context())).toMatchObject({ power: 'off' });
  });
});

describe('a server that reserves no identity', () => {
  const refuse = { name: 'r', match: { kind: 'idempotence_identifiers' }, do: { status: 403 } } as const;

  test('a VM is known by its ownership tag, and another of its name is left alone', async () => {
    const simulator = await start();
    const provider = providerTo(simulator);
    const spec = await specFrom(provider);
    const other = await provider.issueCreationToken('web-1', context());
    const otherId = await provider.create(other, spec, context());
    simulator.addFault(refuse);
    const creationToken = await provider.issueCreationToken('web-1', context());
    const bare = { ...spec, placement: { ...spec.placement, gpus: [] } };
    simulator.addFault({
      name: 'l',
      match: { method: 'POST', path: '/vms' },
      do: { resetAfter: -1 },
      times: 1,
    });
    const vmId = await provider.create(creationToken, bare, context());
    expect(simulator.vms()).toHaveLength(2);
    const identity = { name: 'web-1', creationToken };
    expect(await provider.find(identity, context())).toMatchObject({ id: vmId });
    await provider.remove(identity, context());
    expect(simulator.vms().map(({ uuid }) => uuid)).toEqual([otherId]);
  });
});

test('wrong credentials: one request, one clear error', async () => {
  const simulator = await start();
  const provider = providerTo(simulator, undefined, { username: 'admin', password: 'wrong' });
  const error = await rejection(provider.resolve(request, context()));
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(String(error)).toContain(`${simulator.host}:${simulator.port} refused user "admin" (HTTP 401)`);
  expect(simulator.snapshot().requests.total).toBe(1);
});

test('no secret in any log line or progress line', async () => {
  const simulator = await start({
    faults: [{ name: 'a', do: { half: true, expireSessions: true }, match: { nth: [4, 9] } }],
  });
  const log = new KeptLog();
  const provider = providerTo(simulator, log);
  const heard = context();
  const spec = { ...(await specFrom(provider)), userData: '#cloud-config\npassword: hunter2\n' };
  const creationToken = await provider.issueCreationToken('web-1', heard);
  const vmId = await provider.create(creationToken, spec, heard);
  await provider.remove({ name: 'web-1', creationToken, vmId }, heard);
  const text = [...log.lines, ...heard.lines].join('\n');
  expect(log.lines.length).toBeGreaterThan(10);
  const basic = Buffer.from(`${simulator.username}:${simulator.password}`).toString('base64');
  const userData = Buffer.from(spec.userData).toString('base64');
  for (const secret of [simulator.password, basic, 'hunter2', userData, 'SESSION'])
    expect(text).not.toContain(secret);
});

test('requests on a good day', async () => {
  const simulator = await start();
  const provider = providerTo(simulator);
  const bare = {
    ...request,
    project: undefined,
    categories: [],
    gpus: [],
    storageContainers: [],
    systemDiskGiB: undefined,
  };
  const placement = await provider.resolve({ ...bare, subnets: [request.subnets[0] ?? ''] }, context());
  const counts = (): number => simulator.snapshot().requests.total;
  expect(counts()).toBe(3);
  const creationToken = await provider.issueCreationToken('web-1', context());
  expect(counts()).toBe(4);
  const spec = { ...(await specFrom(providerTo(simulator))), placement, disks: [] };
  const before = counts();
  const vmId = await provider.create(creationToken, spec, context());
  expect(counts() - before).toBeLessThanOrEqual(4);
  const beforeFind = counts();
  await provider.find({ name: 'web-1', creationToken, vmId }, context());
  expect(counts() - beforeFind).toBe(1);
});
