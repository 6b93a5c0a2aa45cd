import { parsePcVersion } from '../../src/simulator/core/pc-version.js';
import { at, type ApiClient } from './api-client.js';
import { started, type Started } from './running.js';
import { madeVm, nicOn, updateBody, vmBody } from './vm-bodies.js';

const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** [version, whether tasks judge, whether IAMv2 signs in] */
test.each([
  ['5.10.3', false, false],
  ['6.0', false, false],
  ['pc.2020.11', false, false],
  ['pc.2021.9.0.4', false, false],
  ['pc.2022.0', false, true],
  ['pc.2022.1', true, true],
  ['pc.2024.3.0.1', true, true],
  ['pc.7.3', true, true],
])('%s', (text, judgesInTask, iamV2) => {
  expect(parsePcVersion(text)).toEqual({ text, judgesInTask, iamV2 });
});

test.each(['', '7.3', 'pc', 'pc.x.1', '4.7', 'latest'])('"%s" is none', (text) => {
  expect(() => parsePcVersion(text)).toThrow(`"${text}" is not a version`);
});

/** What changed with pc.2022.1, in one run for each side: [before, from then on]. */
describe.each([
  ['pc.2021.9', 'at once'],
  ['pc.2022.1', 'by the task'],
])('%s refuses %s', (pcVersion, when) => {
  const users = [{ username: 'eve', password: 'x', role: 'viewer' as const }];
  const asEve = { headers: { authorization: `Basic ${Buffer.from('eve:x').toString('base64')}` } };

  async function refusal({ api }: Started, ...call: Parameters<ApiClient['call']>): Promise<unknown> {
    const { status, body } = await api.call(...call);
    if (status >= 400) return 'at once';
    const task = await api.task(String(at(body, 'status', 'execution_context', 'task_uuid')));
    return task['status'] === 'FAILED' ? 'by the task' : task['status'];
  }

  test('a VM with an unknown category', async () => {
    const body = vmBody({}, {}, { categories: { env: 'nowhere' } });
    expect(await refusal(await started({ pcVersion }), 'POST', '/vms', body)).toBe(when);
  });

  test('a change of an older state of a VM', async () => {
    const simulator = await started({ pcVersion });
    const path = `/vms/${await madeVm(simulator.api)}`;
    const body = await updateBody(simulator.api, path.slice('/vms/'.length), {});
    expect((await simulator.api.work('PUT', path, body))['status']).toBe('SUCCEEDED');
    expect(await refusal(simulator, 'PUT', path, body)).toBe(when);
  });

  test("a viewer's delete", async () => {
    const simulator = await started({ pcVersion, users });
    const path = `/vms/${await madeVm(simulator.api)}`;
    expect(await refusal(simulator, 'DELETE', path, undefined, asEve)).toBe(when);
  });
});

test.each([
  ['pc.2021.9', 202],
  ['pc.2022.1', 404],
])('%s answers %i for a VM whose create has failed', async (pcVersion, status) => {
  const { api } = await started({ pcVersion });
  const { body } = await api.call('POST', '/vms', vmBody({ nic_list: [nicOn(NOWHERE)] }));
  const task = await api.task(String(at(body, 'status', 'execution_context', 'task_uuid')));
  expect(task['status']).toBe('FAILED');
  const path = `/vms/${String(at(body, 'metadata', 'uuid'))}`;
  expect((await api.call('GET', path)).status).toBe(status);
});
