import { at, listOf } from '../api-client.js';
import { ANY_MOMENT, ANY_NUMBER, ANY_STRING } from '../expected-values.js';
import { HeldClock } from '../held-clock.js';
import { RecordingGuests } from '../recording-guests.js';
import { started } from '../running.js';
import { madeVm, vmBody } from '../vm-bodies.js';

const profile = { call: () => 0, queue: 100, task: () => 1_000, learn: 500, shutdown: 10_000 };
const UNKNOWN = '11111111-2222-3333-4444-555555555555';

describe('tasks', () => {
  test('a task that is over, complete', async () => {
    const { api } = await started();
    const uuid = await madeVm(api);
    const { body } = await api.call('POST', '/tasks/list', {});
    expect(at(body, 'entities')).toEqual([
      {
        api_version: '3.1',
        uuid: ANY_STRING,
        status: 'SUCCEEDED',
        percentage_complete: 100,
        operation_type: 'create_vm_intentful',
        progress_message: 'create_vm_intentful',
        logical_timestamp: 2,
        entity_reference_list: [{ kind: 'vm', uuid }],
        cluster_reference: { kind: 'cluster', uuid: '8c5e5140-8a7f-4a1c-bcd7-7545cbf1542b' },
        subtask_reference_list: [],
        creation_time: ANY_MOMENT,
        creation_time_usecs: ANY_NUMBER,
        start_time: ANY_MOMENT,
        start_time_usecs: ANY_NUMBER,
        last_update_time: ANY_MOMENT,
        completion_time: ANY_MOMENT,
        completion_time_usecs: ANY_NUMBER,
      },
    ]);
  });

  test.each([
    [UNKNOWN, 'ENTITY_NOT_FOUND'],
    ['abc', 'INVALID_UUID'],
  ])('%s is not found: %s', async (uuid, reason) => {
    const { api } = await started();
    const { status, body } = await api.call('GET', `/tasks/${uuid}`);
    expect([status, at(body, 'message_list', 0, 'reason')]).toEqual([404, reason]);
  });

  test('poll answers when one of them is over, and says so when none is', async () => {
    const clock = new HeldClock();
    const { api } = await started({ clock, profile });
    const start = async (): Promise<string> =>
      String(at((await api.call('POST', '/vms', vmBody())).body, 'status', 'execution_context', 'task_uuid'));
    const first = await start();
    const poll = (seconds: number): ReturnType<typeof api.call> =>
      api.call('POST', '/tasks/poll', { poll_timeout_seconds: seconds, task_uuid_list: [first, UNKNOWN] });
    const timedOut = poll(1);
    const answered = poll(30);
    // The task and both polls.
    while (clock.sleeping < 3) await new Promise(setImmediate);
    await clock.advance(1_000);
    expect((await timedOut).body).toEqual({ api_version: '3.1', entities: [], has_poll_timed_out: true });
    await clock.advance(100);
    const { body } = await answered;
    expect([at(body, 'has_poll_timed_out'), at(body, 'entities', 0, 'uuid')]).toEqual([false, first]);
    expect((await poll(31)).status).toBe(422);
  });

  test('an aborted create leaves nothing; what is over cannot be aborted', async () => {
    const clock = new HeldClock();
    const { api, simulator } = await started({ clock, profile });
    const { body } = await api.call('POST', '/vms', vmBody());
    const task = `/tasks/${String(at(body, 'status', 'execution_context', 'task_uuid'))}`;
    await clock.advance(200);
    const aborted = await api.call('POST', `${task}/abort`);
    expect([aborted.status, at(aborted.body, 'status')]).toEqual([200, 'ABORTED']);
    await clock.advance(5_000);
    expect(at((await api.call('GET', task)).body, 'status')).toBe('ABORTED');
    expect(simulator.vms()).toEqual([]);
    expect((await api.call('POST', `${task}/abort`)).status).toBe(400);
  });

  test('a task that was aborted stays so, also when its work could not be stopped any more', async () => {
    const guests = new RecordingGuests();
    const boot = guests.powerOn.bind(guests);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    guests.powerOn = async (...args) => {
      await held;
      return boot(...args);
    };
    const { api, simulator } = await started({ guests });
    const { body } = await api.call('POST', '/vms', vmBody({ power_state: 'ON' }));
    const task = `/tasks/${String(at(body, 'status', 'execution_context', 'task_uuid'))}`;
    while (simulator.vms()[0]?.made !== true) await new Promise(setImmediate);
    await api.call('POST', `${task}/abort`);
    release();
    while (simulator.vms()[0]?.power !== 'ON') await new Promise(setImmediate);
    expect(at((await api.call('GET', task)).body, 'status')).toBe('ABORTED');
  });

  test('are filtered by status', async () => {
    const { api } = await started();
    await madeVm(api);
    const count = async (filter: string): Promise<unknown> =>
      at((await api.call('POST', '/tasks/list', { filter })).body, 'metadata', 'total_matches');
    expect([await count('status==SUCCEEDED'), await count('status==FAILED')]).toEqual([1, 0]);
  });
});

describe('batch', () => {
  const inner = (operation: string, path: string, body?: unknown): object => ({
    operation,
    path_and_params: `/api/nutanix/v3${path}`,
    ...(body === undefined ? {} : { body }),
  });

  test.each(['SEQUENTIAL', 'NON_SEQUENTIAL'])('%s: one answer for each, in order', async (order) => {
    const { api, simulator } = await started();
    const { status, body } = await api.call('POST', '/batch', {
      api_version: '3.1',
      execution_order: order,
      action_on_failure: 'CONTINUE',
      api_request_list: [
        inner('POST', '/vms', { api_version: '3.1', ...(vmBody() as object) }),
        inner('GET', `/vms/${UNKNOWN}`),
        inner('POST', '/vms', { metadata: {} }),
        inner('GET', '/users/me'),
      ],
    });
    expect(status).toBe(200);
    const answers = listOf(at(body, 'api_response_list'));
    expect(answers.map((one) => at(one, 'status'))).toEqual(['202', '404', '422', '200']);
    await api.task(String(at(answers[0], 'api_response', 'status', 'execution_context', 'task_uuid')));
    expect(simulator.vms()).toHaveLength(1);
  });

  test('ABORT stops at the first failure; more than 60 are refused', async () => {
    const { api } = await started();
    const bad = inner('GET', `/vms/${UNKNOWN}`);
    const stopped = await api.call('POST', '/batch', {
      action_on_failure: 'ABORT',
      api_request_list: [bad, bad],
    });
    expect(listOf(at(stopped.body, 'api_response_list'))).toHaveLength(1);
    const many = { api_request_list: Array.from({ length: 61 }, () => bad) };
    expect((await api.call('POST', '/batch', many)).status).toBe(422);
  });
});
