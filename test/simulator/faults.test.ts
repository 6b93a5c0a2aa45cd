import type { FaultRuleInput } from '../../src/simulator/index.js';
import { at } from './api-client.js';
import { HeldClock } from './held-clock.js';
import { RecordingGuests } from './recording-guests.js';
import { started } from './running.js';
import { getVm, madeVm, updateBody, vmBody } from './vm-bodies.js';

const rule = (fields: Omit<FaultRuleInput, 'name'>): FaultRuleInput => ({ name: 'test fault', ...fields });

describe('what a rule matches', () => {
  test.each([
    [{ match: { method: 'get', path: '/users/me' } }, [503, 200]],
    [{ match: { path: '/users/*' } }, [503, 200]],
    [{ match: { path: '/**' } }, [503, 503]],
    [{ match: { kind: 'user' } }, [503, 200]],
    [{ match: { method: 'POST' } }, [200, 200]],
    [{}, [503, 503]],
  ])('%j', async (fields, statuses) => {
    const { api } = await started({ faults: [rule({ ...fields, do: { status: 503 } })] });
    const answers = [await api.call('GET', '/users/me'), await api.call('GET', '/versions')];
    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });

  test.each([
    [{ nth: 2 }, undefined, [0, 1, 0, 0, 0]],
    [{ nth: [1, 4] }, undefined, [1, 0, 0, 1, 0]],
    [{ nth: { from: 3 } }, undefined, [0, 0, 1, 1, 1]],
    [{ nth: { from: 2, to: 3 } }, undefined, [0, 1, 1, 0, 0]],
    [{}, 2, [1, 1, 0, 0, 0]],
    [{ probability: 0 }, undefined, [0, 0, 0, 0, 0]],
    [{ probability: 1 }, undefined, [1, 1, 1, 1, 1]],
  ])('%j, at most %s times', async (match, times, expected) => {
    const { api } = await started({
      faults: [rule({ match, do: { status: 500 }, ...(times === undefined ? {} : { times }) })],
    });
    const struck: number[] = [];
    for (let call = 0; call < 5; call += 1) {
      struck.push((await api.call('GET', '/versions')).status === 500 ? 1 : 0);
    }
    expect(struck).toEqual(expected);
  });

  test('a probability strikes the same requests again with the same seed, others with another', async () => {
    const pattern = async (seed: number): Promise<string> => {
      const { api } = await started({
        faults: [rule({ match: { probability: 0.5, seed }, do: { status: 500 } })],
      });
      let struck = '';
      for (let call = 0; call < 40; call += 1)
        struck += (await api.call('GET', '/versions')).status === 500 ? 'x' : '.';
      return struck;
    };
    const [first, again, other] = [await pattern(7), await pattern(7), await pattern(8)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(first.replaceAll('.', '').length).toBeGreaterThan(8);
  });
});

describe('what a rule does to an answer', () => {
  test('a status with the error object, with JSON, or with text; headers too', async () => {
    const { api, simulator } = await started();
    simulator.addFault(rule({ do: { status: 429, headers: { 'Retry-After': '2' } } }));
    const limited = await api.call('GET', '/versions');
    expect([
      limited.status,
      limited.headers['retry-after'],
      at(limited.body, 'message_list', 0, 'reason'),
    ]).toEqual([429, '2', 'TOO_MANY_REQUESTS']);
    simulator.addFault(rule({ do: { status: 502, body: '<html>Bad gateway</html>' } }));
    const gateway = await api.call('GET', '/versions');
    expect([gateway.status, gateway.headers['content-type'], gateway.body]).toEqual([
      502,
      'text/plain',
      '<html>Bad gateway</html>',
    ]);
    simulator.addFault(rule({ do: { status: 500, body: '' } }));
    expect((await api.call('GET', '/versions')).body).toBeUndefined();
  });

  test('the request is not carried out, unless the rule says so', async () => {
    const { api, simulator } = await started();
    simulator.addFault(rule({ match: { method: 'POST', path: '/vms' }, do: { status: 502 } }));
    expect((await api.call('POST', '/vms', vmBody())).status).toBe(502);
    expect(simulator.vms()).toHaveLength(0);
    simulator.addFault(
      rule({ match: { method: 'POST', path: '/vms' }, do: { status: 502, effect: 'done' } }),
    );
    expect((await api.call('POST', '/vms', vmBody())).status).toBe(502);
    expect(simulator.vms()).toHaveLength(1);
  });

  test('a delay', async () => {
    const clock = new HeldClock();
    const { api } = await started({ clock, faults: [rule({ do: { delay: 3_000 } })] });
    let answered = false;
    const call = api.call('GET', '/versions').then(({ status }) => {
      answered = true;
      return status;
    });
    while (clock.sleeping < 1) await new Promise(setImmediate);
    await clock.advance(2_999);
    expect(answered).toBe(false);
    await clock.advance(1);
    expect(await call).toBe(200);
  });

  test.each([
    ['half the body', { half: true }, 'aborted'],
    ['some bytes', { resetAfter: 10 }, 'aborted'],
    ['headers only', { resetAfter: 0 }, 'aborted'],
    ['nothing at all', { resetAfter: -1 }, /hang up|ECONNRESET/],
  ])('the connection breaks after %s; the request was carried out', async (_, effects, failure) => {
    const { api, simulator } = await started({ faults: [rule({ match: { method: 'POST' }, do: effects })] });
    await expect(api.call('POST', '/vms', vmBody())).rejects.toThrow(failure);
    expect(simulator.vms()).toHaveLength(1);
    expect(simulator.snapshot().requests.latest).toMatchObject([{ status: 0, faults: ['test fault'] }]);
  });

  test('no answer until the client gives up; closing does not wait for it', async () => {
    const { api, simulator } = await started({ faults: [rule({ do: { hang: true } })] });
    const call = api.call('GET', '/versions');
    const failed = expect(call).rejects.toThrow(/aborted|ECONNRESET|hang up/);
    while (simulator.snapshot().requests.total < 1) await new Promise(setImmediate);
    await simulator.close();
    await failed;
  });

  test('sessions end, so that the next cookie is refused', async () => {
    const { api, simulator } = await started();
    const cookie = String((await api.call('GET', '/versions')).headers['set-cookie']).split(';')[0] ?? '';
    simulator.addFault(rule({ do: { expireSessions: true }, times: 1 }));
    const { status } = await api.call('GET', '/versions', undefined, { signIn: false, headers: { cookie } });
    expect(status).toBe(401);
  });
});

describe('what a rule does to work', () => {
  test.each([
    ['failed', 'none', 'FAILED', 0],
    ['failed', 'done', 'FAILED', 1],
    ['aborted', 'none', 'ABORTED', 0],
    ['aborted', 'done', 'ABORTED', 1],
  ] as const)('a task is %s with its work %s', async (outcome, effect, status, vms) => {
    const task = { outcome, effect, errorCode: 'RESOURCE_SHORTAGE', errorDetail: 'no memory' };
    const { api, simulator } = await started({ faults: [rule({ match: { path: '/vms' }, do: { task } })] });
    const seen = await api.work('POST', '/vms', vmBody());
    expect(seen['status']).toBe(status);
    if (outcome === 'failed') {
      expect(seen).toMatchObject({ error_code: 'RESOURCE_SHORTAGE', error_detail: 'no memory' });
    }
    expect(simulator.vms()).toHaveLength(vms);
  });

  test('a task never ends; the VM can still be deleted', async () => {
    const endless = rule({ match: { path: '/vms' }, do: { task: { outcome: 'endless' } } });
    const { api, simulator } = await started({ faults: [endless] });
    const { body } = await api.call('POST', '/vms', vmBody());
    const uuid = String(at(body, 'metadata', 'uuid'));
    const task = `/tasks/${String(at(body, 'status', 'execution_context', 'task_uuid'))}`;
    expect((await api.work('DELETE', `/vms/${uuid}`))['status']).toBe('SUCCEEDED');
    expect(at((await api.call('GET', task)).body, 'status')).toBe('RUNNING');
    expect(simulator.vms()).toEqual([]);
  });

  test('a task never ends until it is aborted: then its VM was never made', async () => {
    const endless = rule({ match: { path: '/vms' }, do: { task: { outcome: 'endless' } } });
    const { api, simulator } = await started({ faults: [endless] });
    const { body } = await api.call('POST', '/vms', vmBody());
    const task = `/tasks/${String(at(body, 'status', 'execution_context', 'task_uuid'))}`;
    while (at((await api.call('GET', task)).body, 'status') !== 'RUNNING');
    expect(simulator.vms()).toHaveLength(1);
    await api.call('POST', `${task}/abort`);
    expect(at((await api.call('GET', task)).body, 'status')).toBe('ABORTED');
    expect(simulator.vms()).toEqual([]);
  });

  test('an edit conflict, in the way of the version', async () => {
    const conflict = rule({ match: { method: 'PUT' }, do: { conflict: true }, times: 1 });
    const now = await started({ faults: [conflict] });
    const uuid = await madeVm(now.api);
    const put = async (): Promise<unknown> =>
      (await now.api.work('PUT', `/vms/${uuid}`, await updateBody(now.api, uuid, {})))['error_code'];
    expect([await put(), await put()]).toEqual(['CONCURRENT_REQUESTS_NOT_ALLOWED', undefined]);
    const old = await started({ faults: [conflict], pcVersion: '5.20' });
    const older = await madeVm(old.api);
    expect((await old.api.call('PUT', `/vms/${older}`, await updateBody(old.api, older, {}))).status).toBe(
      409,
    );
  });

  test('a guest does not react to ACPI', async () => {
    const guests = new RecordingGuests();
    const deaf = rule({ match: { path: '/vms/:uuid/acpi_shutdown' }, do: { guestIgnoresAcpi: true } });
    const { api } = await started({ guests, faults: [deaf] });
    const uuid = await madeVm(api, vmBody({ power_state: 'ON' }));
    expect((await api.work('POST', `/vms/${uuid}/acpi_shutdown`))['status']).toBe('SUCCEEDED');
    expect(guests.asked).toEqual(['powerOn web-1']);
    expect(at(await getVm(api, uuid), 'status', 'resources', 'power_state')).toBe('ON');
  });

  test('an address of a NIC changes', async () => {
    const clock = new HeldClock();
    const changes = rule({
      match: { method: 'POST', path: '/vms' },
      do: { addressChanges: { to: '10.4.4.4', after: 1_000 } },
    });
    const { api } = await started({ clock, faults: [changes] });
    const { body } = await api.call('POST', '/vms', vmBody({ power_state: 'ON' }));
    const learned = async (): Promise<unknown> => {
      const vm = await getVm(api, String(at(body, 'metadata', 'uuid')));
      return at(vm, 'status', 'resources', 'nic_list', 0, 'ip_endpoint_list');
    };
    await clock.advance(900);
    expect(await learned()).toEqual([
      { type: 'ASSIGNED', ip: '127.77.0.10' },
      { ip: '127.77.0.10', type: 'LEARNED' },
    ]);
    await clock.advance(1_000);
    expect(await learned()).toEqual([
      { type: 'ASSIGNED', ip: '127.77.0.10' },
      { ip: '10.4.4.4', type: 'LEARNED' },
    ]);
  });
});
