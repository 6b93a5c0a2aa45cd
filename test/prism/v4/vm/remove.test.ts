import { z } from 'zod';
import { PRESET, type FaultRuleInput, type Simulator } from '../../../../src/simulator/index.js';
import { randomUUID } from 'node:crypto';
import { context, rejection } from '../../fixtures.js';
import { left, NOTHING, simulated } from '../../simulated.js';
import { taskReference } from '../../../../src/prism/v4/task/task.js';
import { waitForTask } from '../../../../src/prism/v4/task/wait-for-task.js';
import { backendTo, presetSpec, v4Providers } from '../simulated-v4.js';

const { start, stop } = simulated();
const { to, stop: stopProviders } = v4Providers();
afterEach(async () => {
  await stopProviders();
  await stop();
});

const VMS = '/vmm/ahv/config/vms';
const CREATE = { api: 'v4', method: 'POST', path: VMS } as const;
const DELETE = { api: 'v4', method: 'DELETE', path: `${VMS}/*` } as const;

async function scene(...faults: readonly FaultRuleInput[]) {
  const simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
  simulator.addFault(...faults);
  return { simulator, provider: to(simulator) };
}

/** A VM as a create makes it whose client died before it had told anybody the id. */
async function orphaned(simulator: Simulator, name = 'web-1', api: 'v3' | 'v4' = 'v4') {
  const lost = to(simulator, { api });
  const creationToken = await lost.issueCreationToken(name, context());
  const id = await lost.create(creationToken, presetSpec(name), context());
  return { id, identity: { name, creationToken } };
}

describe('a VM whose id nobody knows', () => {
  test('is found by the task of its request id', async () => {
    const { simulator, provider } = await scene();
    const { identity } = await orphaned(simulator);
    const before = simulator.requestCounts()['GET /vmm/ahv/config/vms'];
    await provider.remove(identity, context());
    expect(left(simulator)).toEqual(NOTHING);
    // No list was needed.
    expect(simulator.requestCounts()['GET /vmm/ahv/config/vms']).toBe(before);
    await provider.remove(identity, context());
  });

  test('is found by its tag when the server has forgotten the request id', async () => {
    const { simulator, provider } = await scene();
    const { identity } = await orphaned(simulator);
    const { id: other } = await orphaned(simulator);
    simulator.addFault({ name: 'forgets', match: CREATE, do: { forgetsRequests: true }, times: 1 });
    const heard = context();
    await provider.remove(identity, heard);
    expect(simulator.vms().map(({ uuid }) => uuid)).toEqual([other]);
    expect(heard.lines).toContainEqual(
      expect.stringMatching(/^VM .* is named "web-1" and has the ownership tag of this host: deleting it$/),
    );
  });

  test('is found by its tag where the account may make no VM', async () => {
    const { simulator, provider } = await scene();
    const { identity } = await orphaned(simulator);
    simulator.addFault({ name: 'denied', match: CREATE, do: { status: 403 } });
    await provider.remove(identity, context());
    expect(left(simulator)).toEqual(NOTHING);
  });

  test('is found when it is listed late, where the account may make no VM: nothing else tells of its create', async () => {
    const { simulator, provider } = await scene();
    const { identity } = await orphaned(simulator);
    simulator.addFault(
      { name: 'denied', match: CREATE, do: { status: 403 } },
      {
        name: 'not listed yet',
        match: { api: 'v4', method: 'GET', path: VMS, nth: { from: 1, to: 3 } },
        do: { status: 200, body: { metadata: {} } },
      },
    );
    await provider.remove(identity, context());
    expect(left(simulator)).toEqual(NOTHING);
  });

  test('is removed where the account may not read tasks', async () => {
    const { simulator, provider } = await scene();
    const { identity } = await orphaned(simulator);
    const tasks = { api: 'v4', method: 'GET', path: '/prism/config/tasks/*' } as const;
    simulator.addFault({ name: 'no tasks', match: tasks, do: { status: 403 } });
    await provider.remove(identity, context());
    expect(left(simulator)).toEqual(NOTHING);
  });

  test('is not visible at once', async () => {
    const { simulator, provider } = await scene();
    const { identity } = await orphaned(simulator);
    simulator.addFault({
      name: 'late',
      match: { api: 'v4', method: 'GET', path: `${VMS}/*`, nth: { from: 1, to: 2 } },
      do: {
        status: 404,
        body: { data: { error: [{ code: 'VMM-30100', errorGroup: 'VM_NOT_FOUND', message: 'not found' }] } },
      },
    });
    await provider.remove(identity, context());
    expect(left(simulator)).toEqual(NOTHING);
  });
});

describe('a create that never arrived', () => {
  test('can make nothing any more', async () => {
    const { simulator, provider } = await scene();
    const creationToken = await provider.issueCreationToken('web-1', context());
    await provider.remove({ name: 'web-1', creationToken }, context());
    expect(left(simulator)).toEqual(NOTHING);
    // The request that was still on its way.
    const late = to(simulator).create(creationToken, presetSpec('web-1'), context());
    expect(await rejection(late)).toMatchObject({ code: 'task-failed' });
    expect(left(simulator)).toEqual(NOTHING);
  });

  test('costs one failed task; removing again costs none', async () => {
    const { simulator, provider } = await scene();
    const creationToken = await provider.issueCreationToken('web-1', context());
    for (let time = 1; time <= 2; time += 1) {
      await to(simulator).remove({ name: 'web-1', creationToken }, context());
      expect(simulator.snapshot().tasks).toMatchObject([{ status: 'FAILED' }]);
    }
  });

  test('leaves another VM of the name alone', async () => {
    const { simulator, provider } = await scene();
    const { id } = await orphaned(simulator);
    const creationToken = await provider.issueCreationToken('web-1', context());
    await provider.remove({ name: 'web-1', creationToken }, context());
    expect(simulator.vms().map(({ uuid }) => uuid)).toEqual([id]);
  });
});

describe('a VM of API v3', () => {
  test.each([
    ['by the id that was stored', true],
    ['by the id that its token reserved', false],
  ])('is found, powered, shown and removed %s', async (_name, isIdKnown) => {
    const { simulator, provider } = await scene();
    const { id, identity } = await orphaned(simulator, 'old-1', 'v3');
    simulator.addFault({ name: 'v3 is gone', match: { api: 'v3' }, do: { absent: 404 } });
    const wanted = isIdKnown ? { ...identity, vmId: id } : identity;
    expect(await provider.find(wanted, context())).toMatchObject({ id, name: 'old-1', power: 'on' });
    await provider.powerOff(id, context());
    await provider.powerOn(id, context());
    expect(await provider.listOwned(undefined, context())).toMatchObject([
      { id, creationToken: identity.creationToken, genuine: true, machineName: 'old-1' },
    ]);
    await provider.remove(wanted, context());
    expect(simulator.vms()).toEqual([]);
    await provider.remove(wanted, context());
    expect(await provider.find(wanted, context())).toBeUndefined();
  });

  test('can also be one of API v4, when v3 went away between two steps', async () => {
    const { simulator, provider } = await scene();
    const creationToken = await to(simulator, { api: 'v3' }).issueCreationToken('web-1', context());
    const id = await provider.create(creationToken, presetSpec('web-1'), context());
    expect(await provider.find({ name: 'web-1', creationToken }, context())).toMatchObject({ id });
    await to(simulator).remove({ name: 'web-1', creationToken }, context());
    expect(simulator.vms()).toEqual([]);
  });
});

test('a VM of API v4 is removed through API v3 by its tag', async () => {
  const { simulator } = await scene();
  const { identity } = await orphaned(simulator);
  await to(simulator, { api: 'v3' }).remove(identity, context());
  expect(left(simulator)).toEqual(NOTHING);
});

test.each<[string, FaultRuleInput]>([
  ['an answer that is lost', { name: 'x', match: DELETE, do: { resetAfter: -1 }, times: 1 }],
  [
    'an answer that is lost before',
    { name: 'x', match: DELETE, do: { resetAfter: -1, effect: 'none' }, times: 1 },
  ],
  ['a change in between', { name: 'x', match: DELETE, do: { changedMeanwhile: true }, times: 3 }],
  [
    'a task that fails although the VM is gone',
    { name: 'x', match: DELETE, do: { task: { outcome: 'failed', effect: 'done' } }, times: 1 },
  ],
])('%s does not stop a delete', async (_name, rule) => {
  const { simulator, provider } = await scene(rule);
  const { id, identity } = await orphaned(simulator);
  await provider.remove({ ...identity, vmId: id }, context());
  expect(left(simulator)).toEqual(NOTHING);
  expect(simulator.snapshot().faults).toMatchObject([{ struck: rule.times }]);
});

test('a delete that fails is told in the words of its task', async () => {
  const { simulator, provider } = await scene({
    name: 'x',
    match: DELETE,
    do: { task: { outcome: 'failed', errorDetail: 'protected by a policy' } },
  });
  const { id, identity } = await orphaned(simulator);
  expect(await rejection(provider.remove({ ...identity, vmId: id }, context()))).toMatchObject({
    code: 'task-failed',
    attempted: `delete VM "web-1" (${id})`,
    problem: expect.stringMatching('protected by a policy') as string,
  });
  expect(simulator.vms()).toHaveLength(1);
});

test('a bare 404 of a gateway is no proof that the VM is gone', async () => {
  const { simulator, provider } = await scene();
  const { id, identity } = await orphaned(simulator);
  simulator.addFault({
    name: 'gateway',
    match: { api: 'v4' },
    do: { status: 404, body: '<html>404</html>' },
  });
  expect(await rejection(provider.remove({ ...identity, vmId: id }, context()))).toMatchObject({
    code: 'unsupported',
  });
});

test('a delete that is answered 404 just after the create, while the VM can be read, is repeated', async () => {
  const { simulator, provider } = await scene();
  const { id, identity } = await orphaned(simulator);
  simulator.addFault({
    name: 'too early',
    match: { ...DELETE, nth: { from: 1, to: 2 } },
    do: { status: 404 },
  });
  await provider.remove({ ...identity, vmId: id }, context());
  expect(left(simulator)).toEqual(NOTHING);
  expect(simulator.requestCounts()['DELETE /vmm/ahv/config/vms/:extId']).toBe(3);
});

test('where v3 and v4 have both made a VM for one machine, both go', async () => {
  const { simulator, provider } = await scene();
  const { id, identity } = await orphaned(simulator, 'web-1', 'v3');
  const { id: other } = await orphaned(simulator);
  await provider.remove({ ...identity, vmId: other }, context());
  expect(id).not.toBe(other);
  expect(simulator.vms()).toEqual([]);
});

test('nothing known, nothing done', async () => {
  const { simulator, provider } = await scene();
  await provider.remove({ name: 'web-1' }, context());
  expect(simulator.snapshot().requests.total).toBe(0);
});

describe('an attached volume group', () => {
  /** Makes a volume group with one disk and attaches it. */
  async function attached(simulator: Simulator, vmId: string) {
    const backend = backendTo(simulator);
    const attempt = { attempted: 'test', signal: new AbortController().signal };
    const act = async (path: string, body: object) => {
      const request = { namespace: 'volumes', method: 'POST', path, body, answer: taskReference } as const;
      const { data } = await backend.api.send({ ...request, requestId: randomUUID() }, attempt);
      const { end, seen } = await waitForTask(backend, data.extId, 'test', context());
      expect(end.kind).toBe('succeeded');
      return seen?.entitiesAffected?.find(({ rel }) => rel === 'volumes:config:volume-group')?.extId ?? '';
    };
    const container = { entityType: 'STORAGE_CONTAINER', extId: PRESET.defaultContainer.uuid };
    const group = await act('/config/volume-groups', {
      name: 'data',
      clusterReference: PRESET.cluster.uuid,
      disks: [{ diskSizeBytes: 2 ** 30, diskDataSourceReference: container }],
    });
    await act(`/config/volume-groups/${group}/$actions/attach-vm`, { extId: vmId });
    const disks = async () => {
      const path = `/config/volume-groups/${group}/disks`;
      const request = { namespace: 'volumes', method: 'GET', path, answer: z.array(z.unknown()) } as const;
      return (await backend.api.send(request, attempt)).data;
    };
    return { group, disks, close: () => backend.api.close() };
  }

  test('is detached, and keeps its disks when the VM goes', async () => {
    const { simulator, provider } = await scene();
    const { id, identity } = await orphaned(simulator);
    const { group, disks, close } = await attached(simulator, id);
    const before = await disks();
    const heard = context();
    await provider.remove({ ...identity, vmId: id }, heard);
    expect(simulator.vms()).toEqual([]);
    expect(await disks()).toEqual(before);
    expect(before).toHaveLength(1);
    expect(heard.lines).toContain(
      `delete VM "web-1" (${id}), detach volume group ${group} from it; its data stays`,
    );
    close();
  });

  test('that the account cannot see is no proof that the VM is gone', async () => {
    const { simulator, provider } = await scene();
    const { id, identity } = await orphaned(simulator);
    const { close } = await attached(simulator, id);
    const detach = {
      api: 'v4',
      method: 'POST',
      path: '/volumes/config/volume-groups/*/$actions/detach-vm',
    } as const;
    simulator.addFault({ name: 'unseen', match: detach, do: { status: 404 } });
    await rejection(provider.remove({ ...identity, vmId: id }, context()));
    expect(simulator.vms().map(({ uuid }) => uuid)).toEqual([id]);
    close();
  });

  test('that cannot be detached is named, and the VM stays', async () => {
    const { simulator, provider } = await scene();
    const { id, identity } = await orphaned(simulator);
    const { group, close } = await attached(simulator, id);
    const match = { api: 'v4', method: 'POST', path: '/volumes/config/volume-groups/*/$actions/detach-vm' };
    simulator.addFault({ name: 'x', match, do: { task: { outcome: 'failed', errorDetail: 'in use' } } });
    expect(await rejection(provider.remove({ ...identity, vmId: id }, context()))).toMatchObject({
      code: 'task-failed',
      attempted: `delete VM "web-1" (${id}), detach volume group ${group} from it`,
    });
    expect(simulator.vms()).toHaveLength(1);
    close();
  });

  test('on a server without that namespace: what to do is told, and the VM stays', async () => {
    const { simulator } = await scene();
    const { id, identity } = await orphaned(simulator);
    const { close } = await attached(simulator, id);
    const spokenApi = 'v4 vmm=4.3 prism=4.4 clustermgmt=4.3 networking=4.4';
    const provider = to(simulator, { spokenApi });
    expect(await rejection(provider.remove({ ...identity, vmId: id }, context()))).toMatchObject({
      code: 'unsupported',
      advice: 'Detach the volume group from the VM in Prism Central, then repeat the command.',
    });
    expect(simulator.vms()).toHaveLength(1);
    close();
  });

  test('a proxy that takes the request id away: that is told', async () => {
    const { simulator, provider } = await scene();
    const { id, identity } = await orphaned(simulator);
    const { close } = await attached(simulator, id);
    const match = { api: 'v4', path: '/volumes/**' };
    simulator.addFault({ name: 'x', match, do: { strip: { request: ['ntnx-request-id'] } } });
    const error = await rejection(provider.remove({ ...identity, vmId: id }, context()));
    expect(error).toMatchObject({ attempted: expect.stringMatching('detach volume group') as string });
    expect((error as Error).message).not.toContain('Detach the volume group from the VM');
    close();
  });
});
