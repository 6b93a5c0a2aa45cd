import { PRESET } from '../../../../src/simulator/index.js';
import { at, listOf } from '../../api-client.js';
import { started } from '../../running.js';
import { V4Client } from '../v4-client.js';

test('projects are found by name in the release candidate, and nowhere else', async () => {
  const v4 = new V4Client((await started({ pcVersion: 'pc.7.6' })).api);
  const path = '/api/multidomain/v4.4.b1/config/projects';
  const { body } = await v4.get(`${path}?$filter=name+eq+'docker-hosts'`);
  expect(listOf(at(body, 'data'))).toMatchObject([
    { extId: PRESET.project.uuid, name: 'docker-hosts', isDefault: false, state: 'ACTIVE' },
  ]);
  const one = await v4.get(`${path}/${PRESET.defaultProject.uuid}`);
  expect(at(one.body, 'data', 'isDefault')).toBe(true);
  expect((await v4.get(`${path}/${PRESET.vpc.uuid}`)).status).toBe(404);
  for (const version of ['v4.4', 'v4.3', 'v4.2']) {
    const answer = await v4.get(`/api/multidomain/${version}/config/projects`);
    expect([answer.status, at(answer.body, 'data')]).toEqual([404, undefined]);
  }
});

test('before pc.7.6 there is no such namespace', async () => {
  const v4 = new V4Client((await started({ pcVersion: 'pc.7.5' })).api);
  expect((await v4.get('/api/multidomain/v4.4.b1/config/projects')).status).toBe(404);
});
