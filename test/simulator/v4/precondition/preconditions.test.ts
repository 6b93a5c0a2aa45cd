import { at, type Response } from '../../api-client.js';
import { HeldClock } from '../../held-clock.js';
import { started, type Started } from '../../running.js';
import { V4Client } from '../v4-client.js';
import { vmBody } from '../vm/vm-bodies.js';

const VMS = '/api/vmm/v4.3/ahv/config/vms';
const ID = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaa1';
const pcVersion = 'pc.7.6';

const error = ({ body }: Response): unknown[] => [
  at(body, 'data', 'error', 0, 'code'),
  at(body, 'data', 'error', 0, 'errorGroup'),
];
const taskOf = ({ status, body }: Response): unknown => [status, at(body, 'data', 'extId')];

async function withVm(options: Parameters<typeof started>[0] = {}): Promise<{
  running: Started;
  v4: V4Client;
  vm: string;
}> {
  const running = await started({ pcVersion, ...options });
  const v4 = new V4Client(running.api);
  return { running, v4, vm: await v4.made(vmBody()) };
}

describe('NTNX-Request-Id', () => {
  test.each([
    ['missing', {}, 'VMM-30400', 'VM_MISSING_REQUEST_ID_HEADER'],
    ['no UUID', { 'NTNX-Request-Id': 'one' }, 'VMM-30401', 'VM_INVALID_REQUEST_ID_HEADER'],
    ['twice', { 'NTNX-Request-Id': `${ID}, ${ID}` }, 'VMM-30401', 'VM_INVALID_REQUEST_ID_HEADER'],
  ])('%s', async (_case, headers, ...told) => {
    const { api, simulator } = await started({ pcVersion });
    const answer = await api.absolute('POST', VMS, vmBody(), { headers });
    expect([answer.status, ...error(answer)]).toEqual([400, ...told]);
    expect(simulator.vms()).toEqual([]);
  });

  test('taken away by a proxy', async () => {
    const { api } = await started({
      pcVersion,
      faults: [{ name: 'proxy', do: { strip: { request: ['NTNX-Request-Id'] } } }],
    });
    expect(error(await new V4Client(api).change('POST', VMS, vmBody()))).toEqual([
      'VMM-30400',
      'VM_MISSING_REQUEST_ID_HEADER',
    ]);
  });

  test('the task of an id is a UUID of version 5, the same at every server; upper case changes nothing', async () => {
    const ids = await Promise.all(
      [ID, ID.toUpperCase()].map(async (id) => {
        const { api } = await started({ pcVersion });
        return taskOf(await new V4Client(api).change('POST', VMS, vmBody(), { id }));
      }),
    );
    expect(ids[1]).toEqual(ids[0]);
    expect(String(at(ids[0], 1))).toMatch(/^ZXJnb24=:[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-/);
  });

  test('is remembered as long as it is said, then it is a new one', async () => {
    const clock = new HeldClock();
    const { api, simulator } = await started({ pcVersion, clock, behaviour: { requestMemory: 1000 } });
    const v4 = new V4Client(api);
    const first = taskOf(await v4.change('POST', VMS, vmBody(), { id: ID }));
    await clock.advance(999);
    expect(taskOf(await v4.change('POST', VMS, vmBody(), { id: ID }))).toEqual(first);
    await clock.advance(1);
    expect(taskOf(await v4.change('POST', VMS, vmBody(), { id: ID }))).not.toEqual(first);
    expect(simulator.vms()).toHaveLength(2);
  });

  test('can be forgotten by a fault rule', async () => {
    const { running, v4 } = await withVm();
    const first = taskOf(await v4.change('POST', VMS, vmBody(), { id: ID }));
    running.simulator.addFault({ name: 'f', match: { method: 'POST' }, do: { forgetsRequests: true } });
    expect(taskOf(await v4.change('POST', VMS, vmBody(), { id: ID }))).not.toEqual(first);
    expect(running.simulator.vms()).toHaveLength(3);
  });
});

describe('If-Match', () => {
  test('missing, any, and one of an older state', async () => {
    const { v4, vm } = await withVm();
    const act = (tag?: string): Promise<Response> =>
      v4.change('POST', `${VMS}/${vm}/$actions/power-on`, undefined, tag === undefined ? {} : { tag });
    const missing = await act();
    expect([missing.status, ...error(missing)]).toEqual([428, 'PLAT-10004', 'MISSING_ETAG_HEADER']);
    const any = await act('*');
    expect([any.status, ...error(any)]).toEqual([412, 'PLAT-10005', 'INVALID_ETAG_HEADER']);
    const tag = await v4.tag(vm);
    const [media, number] = tag.split(':').map((part) => Buffer.from(part, 'base64').toString());
    expect([media, number]).toEqual(['application/json', '1,18446744073709551615']);
    await v4.workOnVm('POST', vm, '/$actions/power-on');
    const stale = await act(tag);
    expect([stale.status, ...error(stale)]).toEqual([412, 'VMM-30303', 'VM_ETAG_MISMATCH']);
    expect(await v4.tag(vm)).not.toBe(tag);
  });

  test('an older state can be told by the task instead', async () => {
    const { v4, vm } = await withVm({ behaviour: { staleTag: 'task' } });
    const tag = await v4.tag(vm);
    await v4.workOnVm('POST', vm, '/$actions/power-on');
    const task = await v4.work('POST', `${VMS}/${vm}/$actions/power-off`, undefined, tag);
    expect(task).toMatchObject({
      status: 'FAILED',
      errorMessages: [{ code: 'VMM-30303', errorGroup: 'VM_ETAG_MISMATCH', locale: 'en_US' }],
    });
    expect((await v4.vm(vm))['powerState']).toBe('ON');
  });

  test('so can a conflict of a fault rule', async () => {
    const { running, v4, vm } = await withVm();
    running.simulator.addFault({ name: 'f', match: { method: 'POST' }, times: 1, do: { conflict: true } });
    expect(await v4.workOnVm('POST', vm, '/$actions/power-on')).toMatchObject({
      status: 'FAILED',
      errorMessages: [{ code: 'VMM-30303', errorGroup: 'VM_ETAG_MISMATCH' }],
    });
    expect(await v4.workOnVm('POST', vm, '/$actions/power-on')).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('moved by a change in the background, which is no fault of the client', async () => {
    const { running, v4, vm } = await withVm();
    running.simulator.addFault({
      name: 'f',
      match: { method: 'POST' },
      times: 1,
      do: { changedMeanwhile: true },
    });
    const tag = await v4.tag(vm);
    const path = `${VMS}/${vm}/$actions/power-on`;
    expect((await v4.change('POST', path, undefined, { tag })).status).toBe(412);
    expect((await v4.change('POST', path, undefined, { tag: await v4.tag(vm) })).status).toBe(202);
  });

  test('a proxy takes the ETag away', async () => {
    const { running, v4, vm } = await withVm();
    running.simulator.addFault({ name: 'proxy', do: { strip: { answer: ['etag'] } } });
    expect((await v4.get(`${VMS}/${vm}`)).headers).not.toHaveProperty('etag');
  });
});

describe('eventual consistency', () => {
  test('a VM is not found for a while after it was made, each for itself', async () => {
    const { running, v4, vm } = await withVm();
    running.simulator.addFault({
      name: 'late',
      match: { method: 'GET', path: '/vmm/ahv/config/vms/:extId', nth: { from: 1, to: 2 }, perPath: true },
      do: { status: 404 },
    });
    const reads: unknown[] = [];
    for (let read = 0; read < 3; read += 1) {
      const answer = await v4.get(`${VMS}/${vm}`);
      reads.push([answer.status, ...error(answer)]);
    }
    const notFound = [404, 'VMM-30100', 'VM_NOT_FOUND'];
    expect(reads).toEqual([notFound, notFound, [200, undefined, undefined]]);
    expect((await v4.get(`${VMS}/${await v4.made(vmBody())}`)).status).toBe(404);
  });

  test('the power state lags behind the task', async () => {
    const { running, v4, vm } = await withVm();
    running.simulator.addFault({
      name: 'lag',
      match: { path: '/vmm/ahv/config/vms/:extId', method: 'GET' },
      do: { lag: 2 },
    });
    await v4.workOnVm('POST', vm, '/$actions/power-on');
    const seen: unknown[] = [];
    for (let read = 0; read < 3; read += 1) seen.push((await v4.vm(vm))['powerState']);
    expect(seen).toEqual(['OFF', 'OFF', 'ON']);
  });

  test('an address of the link comes first; a read of the VM may know of none', async () => {
    const { running, v4, vm } = await withVm();
    running.simulator.addFault({
      name: 'first',
      match: { path: '/vmm/ahv/config/vms/*/$actions/power-on' },
      do: { linkLocalFirst: true },
    });
    await v4.workOnVm('POST', vm, '/$actions/power-on');
    const { nics } = await v4.vm(vm);
    expect(at(nics, 0, 'nicNetworkInfo', 'ipv4Info', 'learnedIpAddresses', 0, 'value')).toBe('169.254.77.1');
    running.simulator.addFault({
      name: 'nowhere',
      match: { path: '/vmm/ahv/config/vms/:extId', method: 'GET' },
      do: { hide: ['ipv4Info', 'ipv4Config'] },
    });
    expect(JSON.stringify(await v4.vm(vm))).not.toMatch(/ipv4|169\.254/);
  });

  test('a create fails and leaves its VM', async () => {
    const { api, simulator } = await started({
      pcVersion,
      faults: [
        {
          name: 'f',
          match: { method: 'POST', path: '/vmm/ahv/config/vms' },
          do: {
            task: { outcome: 'failed', effect: 'done', errorCode: 'VMM-10000', errorDetail: 'late step' },
          },
        },
      ],
    });
    const v4 = new V4Client(api);
    const task = await v4.work('POST', VMS, vmBody());
    expect(task).toMatchObject({
      status: 'FAILED',
      progressPercentage: 100,
      errorMessages: [{ code: 'VMM-10000', errorGroup: 'INTERNAL_ERROR', message: 'late step' }],
    });
    expect(simulator.vms()).toHaveLength(1);
    expect((await v4.vm(String(at(task, 'entitiesAffected', 0, 'extId'))))['name']).toBe('web-1');
  });
});

test('request ids, their tasks and ETags are the same after a restart; what was under way has failed', async () => {
  const endless = {
    name: 'e',
    match: { nth: 2, method: 'POST' },
    do: { task: { outcome: 'endless' } },
  } as const;
  const { api, simulator } = await started({ pcVersion, faults: [endless] });
  const v4 = new V4Client(api);
  const done = await v4.change('POST', VMS, vmBody(), { id: ID });
  const [, extId] = [done.status, String(at(done.body, 'data', 'extId'))];
  const task = await v4.task(extId);
  const vm = String(at(task, 'entitiesAffected', 0, 'extId'));
  const tag = await v4.tag(vm);
  const OTHER = ID.replace(/1$/, '2');
  const interrupted = String(
    at((await v4.change('POST', VMS, vmBody(), { id: OTHER })).body, 'data', 'extId'),
  );

  const state: unknown = JSON.parse(JSON.stringify(simulator.save()));
  const next = await started({ pcVersion, state });
  const after = new V4Client(next.api);
  expect(taskOf(await after.change('POST', VMS, vmBody(), { id: ID }))).toEqual([202, extId]);
  expect(await after.task(extId)).toEqual(task);
  expect(await after.task(interrupted)).toMatchObject({ status: 'FAILED' });
  expect(taskOf(await after.change('POST', VMS, vmBody(), { id: OTHER }))).toEqual([202, interrupted]);
  expect(await after.tag(vm)).toBe(tag);
  expect(next.simulator.vms()).toHaveLength(1);
});
