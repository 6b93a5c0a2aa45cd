import { PRESET } from '../../../../src/simulator/core/inventory/preset.js';
import { at, listOf } from '../../api-client.js';
import { started } from '../../running.js';

const PATH = '/api/prism/v4.0/config/domain-managers';

test.each(['pc.2024.3', 'pc.7.6'])('%s is one domain manager, and tells its version', async (pcVersion) => {
  const { api } = await started({ pcVersion });
  const { body } = await api.absolute('GET', PATH);
  expect(listOf(at(body, 'data'))).toMatchObject([
    { extId: PRESET.prismCentral.uuid, config: { buildInfo: { version: pcVersion } } },
  ]);
  const one = await api.absolute('GET', `${PATH}/${PRESET.prismCentral.uuid}`);
  expect(at(one.body, 'data')).toEqual(listOf(at(body, 'data'))[0]);
});

test('a cluster is no domain manager', async () => {
  const { api } = await started();
  const { status, body } = await api.absolute('GET', `${PATH}/${PRESET.cluster.uuid}`);
  expect(status).toBe(404);
  expect(body).toMatchObject({ data: { error: [{ errorGroup: 'DOMAIN_MANAGER_NOT_FOUND' }] } });
});
