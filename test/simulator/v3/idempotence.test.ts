import { at, listOf } from '../api-client.js';
import { ANY_MOMENT, ANY_STRING } from '../expected-values.js';
import { HeldClock } from '../held-clock.js';
import { started } from '../running.js';
import { madeVm, vmBody } from '../vm-bodies.js';
import type { ApiClient } from '../api-client.js';

async function reserved(
  api: ApiClient,
  body: object = { client_identifier: 'me', count: 1 },
): Promise<string> {
  const answer = await api.call('POST', '/idempotence_identifiers', body);
  return String(at(answer.body, 'uuid_list', 0));
}

describe('idempotence identifiers', () => {
  test('are given, shown again, and taken back with the body null', async () => {
    const { api, simulator } = await started();
    const body = { client_identifier: 'testclient', count: 2, valid_duration_in_minutes: 10 };
    const given = await api.call('POST', '/idempotence_identifiers', body);
    expect([given.status, given.body]).toEqual([
      200,
      {
        client_identifier: 'testclient',
        count: 2,
        expiration_time: ANY_MOMENT,
        uuid_list: [ANY_STRING, ANY_STRING],
      },
    ]);
    const path = '/idempotence_identifiers/testclient';
    expect((await api.call('GET', path)).body).toEqual(given.body);
    expect(simulator.snapshot().reservations).toHaveLength(1);
    expect(await api.call('DELETE', path)).toMatchObject({ status: 200, body: null });
    expect((await api.call('GET', path)).status).toBe(404);
    expect((await api.call('DELETE', path)).status).toBe(404);
  });

  test.each([[{}], [{ count: 0 }], [{ count: 4097 }], [{ count: 1, valid_duration_in_minutes: 0 }]])(
    '%j is refused',
    async (body) => {
      const { api } = await started();
      expect((await api.call('POST', '/idempotence_identifiers', body)).status).toBe(422);
    },
  );

  test('a reserved UUID becomes the VM; a repetition is the same answer and no second VM', async () => {
    const { api, simulator } = await started();
    const uuid = await reserved(api);
    const body = vmBody({}, {}, { uuid });
    const [first, second] = [await api.call('POST', '/vms', body), await api.call('POST', '/vms', body)];
    expect(at(first.body, 'metadata', 'uuid')).toBe(uuid);
    expect(second.body).toEqual(first.body);
    await api.task(String(at(first.body, 'status', 'execution_context', 'task_uuid')));
    expect((await api.call('POST', '/vms', body)).body).toEqual(first.body);
    expect(simulator.vms()).toHaveLength(1);
  });

  test('or, if so chosen, the repetition fails in its task and the VM is untouched', async () => {
    const { api, simulator } = await started({ behaviour: { repeatedCreate: 'fail' } });
    const body = vmBody({}, {}, { uuid: await reserved(api) });
    await madeVm(api, body);
    expect((await api.work('POST', '/vms', body))['status']).toBe('FAILED');
    expect(simulator.vms()).toMatchObject([{ state: 'COMPLETE' }]);
    const old = await started({ behaviour: { repeatedCreate: 'fail' }, pcVersion: '5.20' });
    const again = vmBody({}, {}, { uuid: await reserved(old.api) });
    await madeVm(old.api, again);
    expect((await old.api.call('POST', '/vms', again)).status).toBe(400);
  });

  test('a UUID that has expired, was given back, or served a VM that is gone cannot be used', async () => {
    const clock = new HeldClock();
    const { api } = await started({ clock });
    const outcome = async (uuid: string): Promise<unknown> => {
      const { body } = await api.call('POST', '/vms', vmBody({}, {}, { uuid }));
      await clock.advance(50);
      const task = String(at(body, 'status', 'execution_context', 'task_uuid'));
      return at((await api.call('GET', `/tasks/${task}`)).body, 'status');
    };
    const expiring = await reserved(api, { client_identifier: 'a', count: 1, valid_duration_in_minutes: 1 });
    await clock.advance(60_000);
    expect(await outcome(expiring)).toBe('FAILED');
    const returned = await reserved(api, { client_identifier: 'b', count: 1 });
    await api.call('DELETE', '/idempotence_identifiers/b');
    expect(await outcome(returned)).toBe('FAILED');
    const used = await reserved(api, { client_identifier: 'c', count: 1 });
    expect(await outcome(used)).toBe('SUCCEEDED');
    await api.call('DELETE', `/vms/${used}`);
    await clock.advance(50);
    expect(await outcome(used)).toBe('FAILED');
  });

  test('thousands at once are all different', async () => {
    const { api } = await started();
    const { body } = await api.call('POST', '/idempotence_identifiers', { count: 4096 });
    expect(new Set(listOf(at(body, 'uuid_list'))).size).toBe(4096);
  });
});
