import { at, listOf } from '../../api-client.js';
import { started } from '../../running.js';
import { V4Client } from '../v4-client.js';

const VMS = '/api/vmm/v4.3/ahv/config/vms';
const TASKS = '/api/prism/v4.4/config/tasks';

async function madeVm(): Promise<{ readonly v4: V4Client; readonly task: Record<string, unknown> }> {
  const { api } = await started({ pcVersion: 'pc.7.6' });
  const v4 = new V4Client(api);
  return { v4, task: await v4.work('POST', VMS, { name: 'one' }) };
}

test('what a task is about can be listed', async () => {
  const { v4, task } = await madeVm();
  const { body } = await v4.get(`${TASKS}/${String(task['extId'])}/affected-entities`);
  const rels = (list: unknown): unknown[] => listOf(list).map((entity) => at(entity, 'rel'));
  expect(rels(at(body, 'data'))).toEqual(rels(task['entitiesAffected']));
});

test('it cannot be listed in the words of a version that did not have it', async () => {
  const { v4, task } = await madeVm();
  const { status } = await v4.get(`/api/prism/v4.1/config/tasks/${String(task['extId'])}/affected-entities`);
  expect(status).toBe(404);
});

test('the create of a VM cannot be stopped', async () => {
  const { v4, task } = await madeVm();
  expect(task).toMatchObject({ isCancelable: false });
  const { status, body } = await v4.change('POST', `${TASKS}/${String(task['extId'])}/$actions/cancel`);
  expect(status).toBe(400);
  expect(body).toMatchObject({ data: { error: [{ errorGroup: 'TASK_NOT_CANCELABLE' }] } });
});
