import { at } from '../../api-client.js';
import { ANY_STRING } from '../../expected-values.js';
import { HeldClock } from '../../held-clock.js';
import { started } from '../../running.js';
import { vmBody } from '../../vm-bodies.js';

const profile = {
  call: () => 0,
  queue: 100,
  task: () => 1_000,
  learn: 500,
  shutdown: 10_000,
};

describe('the life of a VM as the API shows it', () => {
  test('create, in time', async () => {
    const clock = new HeldClock();
    const { api } = await started({ clock, profile });
    const { body } = await api.call('POST', '/vms', vmBody({ power_state: 'ON' }));
    const vm = `/vms/${String(at(body, 'metadata', 'uuid'))}`;
    const task = `/tasks/${String(at(body, 'status', 'execution_context', 'task_uuid'))}`;
    const look = async (): Promise<unknown[]> => {
      const [work, entity, list] = await Promise.all([
        api.call('GET', task),
        api.call('GET', vm),
        api.call('POST', '/vms/list', {}),
      ]);
      return [
        at(work.body, 'status'),
        at(work.body, 'percentage_complete'),
        entity.status,
        at(entity.body, 'status', 'state'),
        at(list.body, 'metadata', 'total_matches'),
      ];
    };
    expect(await look()).toEqual(['QUEUED', 0, 404, undefined, 0]);
    await clock.advance(100);
    expect(await look()).toEqual(['RUNNING', 0, 200, 'RUNNING', 0]);
    await clock.advance(500);
    expect(await look()).toEqual(['RUNNING', 50, 200, 'RUNNING', 0]);
    await clock.advance(500);
    expect(await look()).toEqual(['SUCCEEDED', 100, 200, 'COMPLETE', 1]);
    const endpoints = async (): Promise<unknown> =>
      at((await api.call('GET', vm)).body, 'status', 'resources', 'nic_list', 0, 'ip_endpoint_list');
    expect(await endpoints()).toEqual([{ type: 'ASSIGNED', ip: '127.77.0.10' }]);
    await clock.advance(500);
    expect(await endpoints()).toEqual([
      { type: 'ASSIGNED', ip: '127.77.0.10' },
      { ip: '127.77.0.10', type: 'LEARNED' },
    ]);
  });

  test('an accepted create can be shown as pending instead of 404', async () => {
    const clock = new HeldClock();
    const { api } = await started({ clock, profile, behaviour: { earlyRead: 'pending' } });
    const { body } = await api.call('POST', '/vms', vmBody());
    const read = await api.call('GET', `/vms/${String(at(body, 'metadata', 'uuid'))}`);
    expect([read.status, at(read.body, 'status', 'state')]).toEqual([200, 'PENDING']);
    expect(at(read.body, 'spec')).toEqual(at(body, 'spec'));
  });

  test('delete, in time: the VM is there until the task has ended', async () => {
    const clock = new HeldClock();
    const { api, simulator } = await started({ clock, profile });
    const { body } = await api.call('POST', '/vms', vmBody({ power_state: 'ON' }));
    const vm = `/vms/${String(at(body, 'metadata', 'uuid'))}`;
    await clock.advance(1_100);
    const deleted = await api.call('DELETE', vm);
    expect([deleted.status, deleted.body]).toEqual([
      202,
      {
        status: { state: 'DELETE_PENDING', execution_context: { task_uuid: ANY_STRING } },
        spec: '',
        api_version: '3.1',
        metadata: { kind: 'vm' },
      },
    ]);
    await clock.advance(600);
    const between = await api.call('GET', vm);
    expect([between.status, at(between.body, 'status', 'state')]).toEqual([200, 'DELETE_PENDING']);
    await clock.advance(500);
    const gone = await api.call('GET', vm);
    expect([gone.status, at(gone.body, 'message_list', 0, 'reason')]).toEqual([404, 'ENTITY_NOT_FOUND']);
    expect((await api.call('DELETE', vm)).status).toBe(404);
    expect(simulator.vms()).toEqual([]);
  });

  test('a second delete of a VM that is going fails in its task; a delete waits for a create under way', async () => {
    const clock = new HeldClock();
    const { api } = await started({ clock, profile });
    const { body } = await api.call('POST', '/vms', vmBody());
    const vm = `/vms/${String(at(body, 'metadata', 'uuid'))}`;
    const deletes = [await api.call('DELETE', vm), await api.call('DELETE', vm)];
    expect(deletes.map(({ status }) => status)).toEqual([202, 202]);
    await clock.advance(4_000);
    const tasks = await Promise.all(
      deletes.map((answer) =>
        api.call('GET', `/tasks/${String(at(answer.body, 'status', 'execution_context', 'task_uuid'))}`),
      ),
    );
    expect(tasks.map((task) => at(task.body, 'status'))).toEqual(['SUCCEEDED', 'FAILED']);
    expect(at(tasks[1]?.body, 'error_detail')).toContain('ENTITY_NOT_FOUND');
  });

  test('work on one VM is done in the order in which it was accepted, however long each takes', async () => {
    const clock = new HeldClock();
    const task = (operation: string): number => (operation === 'create_vm_intentful' ? 5_000 : 10);
    const { api } = await started({ clock, profile: { ...profile, task } });
    const { body } = await api.call('POST', '/vms', vmBody({ power_state: 'ON' }));
    const reset = await api.call('POST', `/vms/${String(at(body, 'metadata', 'uuid'))}/reset`, {});
    const status = async (): Promise<unknown> =>
      at((await api.call('GET', `/tasks/${String(at(reset.body, 'task_uuid'))}`)).body, 'status');
    await clock.advance(5_000);
    expect(await status()).toBe('QUEUED');
    await clock.advance(1_000);
    expect(await status()).toBe('SUCCEEDED');
  });

  test('an update shows the old version until it is done', async () => {
    const clock = new HeldClock();
    const { api } = await started({ clock, profile });
    const { body } = await api.call('POST', '/vms', vmBody());
    const path = `/vms/${String(at(body, 'metadata', 'uuid'))}`;
    await clock.advance(1_100);
    const vm = (await api.call('GET', path)).body;
    const spec = { ...(at(vm, 'spec') as object), description: 'changed' };
    await api.call('PUT', path, { metadata: at(vm, 'metadata'), spec });
    await clock.advance(500);
    const during = (await api.call('GET', path)).body;
    expect([at(during, 'spec', 'description'), at(during, 'metadata', 'entity_version')]).toEqual([
      undefined,
      '1',
    ]);
    await clock.advance(600);
    const after = (await api.call('GET', path)).body;
    expect([at(after, 'spec', 'description'), at(after, 'metadata', 'entity_version')]).toEqual([
      'changed',
      '2',
    ]);
  });
});
