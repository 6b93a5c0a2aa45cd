import { at, listOf } from '../api-client.js';
import { started } from '../running.js';
import { madeVm, vmBody } from '../vm-bodies.js';

describe('categories', () => {
  test('keys and values are made by PUT, are flat, and go only when nothing needs them', async () => {
    const { api } = await started();
    const put = await api.call('PUT', '/categories/tier', { name: 'tier', description: 'd' });
    expect([put.status, put.body]).toEqual([
      200,
      {
        api_version: '3.1',
        name: 'tier',
        description: 'd',
        system_defined: false,
        capabilities: { cardinality: 64 },
      },
    ]);
    await api.call('PUT', '/categories/tier/front%20end', { value: 'front end', description: '' });
    const value = await api.call('GET', '/categories/tier/front%20end');
    expect(value.body).toMatchObject({ name: 'tier', value: 'front end', system_defined: false });
    const vm = await madeVm(api, vmBody({}, {}, { categories: { tier: 'front end' } }));
    const remove = async (path: string): Promise<unknown[]> => {
      const { status, body } = await api.call('DELETE', path);
      return [status, body];
    };
    expect(await remove('/categories/tier')).toMatchObject([422, { code: 422 }]);
    expect(await remove('/categories/tier/front%20end')).toMatchObject([422, { code: 422 }]);
    await api.work('DELETE', `/vms/${vm}`);
    expect(await remove('/categories/tier/front%20end')).toEqual([200, undefined]);
    expect(await remove('/categories/tier')).toEqual([200, undefined]);
    expect((await api.call('GET', '/categories/tier')).status).toBe(404);
  });

  test('a missing value has its own reason', async () => {
    const { api } = await started();
    const { status, body } = await api.call('GET', '/categories/env/nowhere');
    expect([status, at(body, 'message_list', 0, 'reason')]).toEqual([404, 'CATEGORY_NAME_VALUE_MISMATCH']);
  });

  test('names are checked', async () => {
    const { api } = await started();
    for (const key of ['a%2Fb', '%20x', 'x'.repeat(65)]) {
      expect((await api.call('PUT', `/categories/${key}`, { name: 'x' })).status).toBe(422);
    }
    expect((await api.call('PUT', '/categories/x', {})).status).toBe(422);
  });

  test('keys and values are listed', async () => {
    const { api } = await started();
    const names = async (path: string, field: string): Promise<unknown[]> =>
      listOf(at((await api.call('POST', path, { kind: 'category' })).body, 'entities')).map((one) =>
        at(one, field),
      );
    expect(await names('/categories/list', 'name')).toEqual(['Environment', 'AppType', 'env']);
    expect(await names('/categories/env/list', 'value')).toEqual(['prod', 'eu', 'test']);
  });
});
