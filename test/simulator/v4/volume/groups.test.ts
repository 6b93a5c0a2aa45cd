import { categoryId } from '../../../../src/simulator/core/categories.js';
import { PRESET } from '../../../../src/simulator/index.js';
import { at } from '../../api-client.js';
import { presetStore } from '../../core/volume/volume-store.js';
import {
  affected,
  failure,
  GIB,
  groupBody,
  GROUPS,
  onContainer,
  startedVolumes,
  succeeded,
} from './volumes.js';

const NO_ID = '00000000-0000-4000-8000-00000000abcd';

describe('a volume group', () => {
  test('is made with its disks, and shown without its secret', async () => {
    const { client, v4 } = await startedVolumes();
    const body = groupBody({
      description: 'docker volume',
      targetPrefix: 'docker-data1',
      createdBy: 'docker-plugin',
      iscsiFeatures: { enabledAuthentications: 'CHAP', targetSecret: 'not to be shown' },
      disks: [onContainer({ index: 3 }), onContainer({ diskSizeBytes: 2 * GIB })],
    });
    const task = succeeded(await v4.work('POST', GROUPS, body));
    expect(task).toMatchObject({
      operation: 'VolumeGroupCreate',
      clusterExtIds: [PRESET.cluster.uuid],
      entitiesAffected: [
        { rel: 'volumes:config:volume-group', name: 'docker-data1' },
        { rel: 'volumes:config:volume-group:disk' },
        { rel: 'volumes:config:volume-group:disk' },
      ],
    });
    const extId = affected(task, 'volumes:config:volume-group');
    const shown = await client.shown(extId);
    expect(shown).toEqual({
      extId,
      name: 'docker-data1',
      description: 'docker volume',
      shouldLoadBalanceVmAttachments: false,
      sharingStatus: 'NOT_SHARED',
      targetName: `docker-data1-${extId}`,
      iscsiFeatures: expect.objectContaining({ enabledAuthentications: 'CHAP' }) as unknown,
      createdBy: 'docker-plugin',
      clusterReference: PRESET.cluster.uuid,
      storageFeatures: expect.objectContaining({}) as unknown,
      usageType: 'USER',
      attachmentType: 'NONE',
      protocol: 'NOT_ASSIGNED',
      isHidden: false,
      $reserved: { $fv: 'v4.r3' },
      $objectType: 'volumes.v4.config.VolumeGroup',
    });
    expect(JSON.stringify(shown)).not.toContain('not to be shown');
    expect(await client.listed(`${GROUPS}/${extId}/disks`)).toMatchObject([
      { index: 0, diskSizeBytes: 2 * GIB, storageContainerId: PRESET.container.uuid },
      { index: 3, diskSizeBytes: GIB },
    ]);
  });

  test.each([
    ['a prefix', { targetPrefix: 'vg1' }, (extId: string) => `vg1-${extId}`],
    ['a name', { targetName: 'a-target-of-mine' }, () => 'a-target-of-mine'],
    ['neither', { name: 'My data' }, (extId: string) => `my-data-${extId}`],
  ])('with %s has a target name of it', async (_what, fields, expected) => {
    const { client } = await startedVolumes();
    const extId = await client.group(fields);
    expect(at(await client.shown(extId), 'targetName')).toBe(expected(extId));
  });

  test('may be called like another one', async () => {
    const { client } = await startedVolumes();
    const ids = [await client.group(), await client.group()];
    const same = await client.listed(`${GROUPS}?$filter=name eq 'docker-data1'`.replaceAll(' ', '%20'));
    expect(same.map((one) => at(one, 'extId'))).toEqual(ids);
  });

  test.each<[string, Record<string, unknown>, unknown]>([
    ['without a cluster', { clusterReference: undefined }, 400],
    ['without a name', { name: undefined }, 400],
    ['with a name that is too long', { name: 'x'.repeat(257) }, 400],
    ['with a prefix of odd characters', { targetPrefix: 'a b' }, 400],
    ['with a short target name', { targetName: 'short' }, 400],
    ['with a tiny disk', { disks: [onContainer({ diskSizeBytes: 1024 })] }, 400],
    ['with a member that it has not', { size: 1 }, 400],
    ['on an unknown cluster', { clusterReference: NO_ID }, ['VOL-40401', 'CLUSTER_NOT_FOUND']],
    [
      'on Prism Central itself',
      { clusterReference: PRESET.prismCentral.uuid },
      ['VOL-40001', 'INVALID_ARGUMENT'],
    ],
    [
      'with a prefix and a target name',
      { targetName: 'a-target-of-mine', targetPrefix: 'vg1' },
      ['VOL-40001', 'INVALID_ARGUMENT'],
    ],
    [
      'on a container of another cluster',
      { clusterReference: PRESET.secondCluster.uuid },
      ['VOL-40205', 'VOLUME_GROUP_CLUSTER_MISMATCH'],
    ],
    [
      'with two disks of one index',
      { disks: [onContainer({ index: 1 }), onContainer({ index: 1 })] },
      ['VOL-40103', 'VOLUME_DISK_INDEX_IN_USE'],
    ],
    [
      'with a disk larger than its container',
      { disks: [onContainer({ diskSizeBytes: 5000 * GIB })] },
      ['VOL-40301', 'STORAGE_CONTAINER_FULL'],
    ],
  ])('%s is refused, and nothing is left', async (_what, fields, expected) => {
    const { client, v4 } = await startedVolumes();
    const answer = await v4.change('POST', GROUPS, groupBody(fields));
    const taskId = at(answer.body, 'data', 'extId');
    const outcome = answer.status === 202 ? failure(await v4.task(String(taskId))) : answer.status;
    expect(outcome).toEqual(expected);
    expect(await client.listed(GROUPS)).toEqual([]);
  });

  test('whose disk says not what it is made of is refused at once', async () => {
    const { v4 } = await startedVolumes();
    const answer = await v4.change('POST', GROUPS, groupBody({ disks: [{ diskSizeBytes: GIB }] }));
    expect(answer.status).toBe(400);
    expect(at(answer.body, 'data', 'error', 0)).toMatchObject({
      code: 'VOL-40101',
      message: 'DiskDataSourceReference cannot be empty',
      $objectType: 'volumes.v4.error.AppMessage',
    });
  });

  test('is made once by a repeated request', async () => {
    const { client, v4 } = await startedVolumes();
    const id = '00000000-0000-4000-8000-000000000001';
    const [first, second] = [
      await v4.change('POST', GROUPS, groupBody(), { id }),
      await v4.change('POST', GROUPS, groupBody(), { id }),
    ];
    expect(at(second.body, 'data', 'extId')).toBe(at(first.body, 'data', 'extId'));
    await v4.task(String(at(first.body, 'data', 'extId')));
    expect(await client.listed(GROUPS)).toHaveLength(1);
  });

  test('is changed by PUT with its ETag; what is absent stays, except the description', async () => {
    const { client, v4 } = await startedVolumes();
    const extId = await client.group({ description: 'first', createdBy: 'docker-plugin' });
    const path = `${GROUPS}/${extId}`;
    const before = await v4.get(path);
    const tag = String(before.headers['etag']);
    const changed = {
      ...Object(at(before.body, 'data')),
      name: 'renamed',
      sharingStatus: 'SHARED',
    } as object;
    expect(failure(await v4.work('PUT', path, changed, tag))).toBe('SUCCEEDED');
    expect(await client.shown(extId)).toMatchObject({
      name: 'renamed',
      description: 'first',
      sharingStatus: 'SHARED',
      createdBy: 'docker-plugin',
    });
    expect((await v4.change('PUT', path, { name: 'late' }, { tag })).status).toBe(412);
    expect((await v4.change('PUT', path, { name: 'late' })).status).toBe(428);
    const now = String((await v4.get(path)).headers['etag']);
    const moved = await v4.work('PUT', path, { clusterReference: PRESET.secondCluster.uuid }, now);
    expect(failure(moved)).toEqual(['VOL-40001', 'INVALID_ARGUMENT']);
  });

  test('is gone after DELETE, and then is not found', async () => {
    const { client, v4 } = await startedVolumes();
    const path = `${GROUPS}/${await client.group()}`;
    const task = await v4.work('DELETE', path);
    expect(task).toMatchObject({ status: 'SUCCEEDED', operation: 'VolumeGroupDelete' });
    for (const method of ['GET', 'DELETE']) {
      const answer = await v4.change(method, path);
      expect([answer.status, at(answer.body, 'data', 'error', 0, 'errorGroup')]).toEqual([
        404,
        'VOLUME_GROUP_NOT_FOUND',
      ]);
    }
  });

  test('tells its cluster, its owner and its categories to those who ask', async () => {
    const { client, v4 } = await startedVolumes();
    const extId = await client.group();
    const named = ['Dev', 'Production'].map((value) => ({
      entityType: 'CATEGORY',
      extId: categoryId(presetStore(), { key: 'Environment', value }),
    }));
    succeeded(await client.act(extId, 'associate-category', { categories: named }));
    const ids = named.map((one) => one.extId);
    const expanded = {
      $objectType: 'volumes.v4.config.VolumeGroupProjection',
      clusterProjection: { clusterExtId: PRESET.cluster.uuid, clusterName: PRESET.cluster.name },
      volumeGroupMetadataProjection: { categoryIds: ids },
    };
    expect(await client.shown(extId, '?$expand=cluster,metadata')).toMatchObject(expanded);
    expect(await client.listed(`${GROUPS}?$expand=cluster,metadata`)).toMatchObject([expanded]);
    expect((await v4.get(`${GROUPS}/${extId}?$expand=disks`)).status).toBe(400);
    expect(at((await v4.get(`${GROUPS}/${extId}/metadata`)).body, 'data')).toMatchObject({
      ownerUserName: 'admin',
      categoryIds: ids,
    });
    succeeded(await client.act(extId, 'disassociate-category', { categories: named.slice(0, 1) }));
    const left = await client.listed(`${GROUPS}/${extId}/category-associations`);
    expect(left.map((one) => at(one, 'extId'))).toEqual(ids.slice(1));
    const category = `/api/prism/v4.4/config/categories/${String(ids[1])}`;
    expect(at((await v4.get(`${category}?$expand=associations`)).body, 'data', 'associations')).toMatchObject(
      [{ resourceType: 'VOLUMEGROUP', count: 1 }],
    );
    const unknown = await client.act(extId, 'associate-category', { categories: [{ extId: NO_ID }] });
    expect(failure(unknown)).toEqual(['VOL-40401', 'CATEGORY_NOT_FOUND']);
  });
});

describe('the list', () => {
  test('is sorted, cut into pages and selected from', async () => {
    const { client } = await startedVolumes();
    for (const name of ['b', 'c', 'a']) await client.group({ name });
    const page = await client.listed(`${GROUPS}?$orderby=name%20desc&$limit=2&$page=1&$select=name`);
    expect(page).toEqual([
      { name: 'a', $reserved: { $fv: 'v4.r3' }, $objectType: 'volumes.v4.config.VolumeGroup' },
    ]);
  });

  test.each([
    ['a name', "name eq 'b'", ['b']],
    ['the start of a name', "startswith(name,'a')", ['a']],
    ['a cluster', `clusterReference eq '${PRESET.cluster.uuid}'`, ['a', 'b']],
    ['what cannot be filtered by', "createdBy eq 'x'", 400],
    ['a description', "contains(description,'x')", 400],
  ])('is filtered by %s', async (_what, filter, expected) => {
    const { client, v4 } = await startedVolumes();
    for (const name of ['a', 'b']) await client.group({ name });
    const path = `${GROUPS}?$filter=${encodeURIComponent(filter)}`;
    const { status } = await v4.get(path);
    const found = status === 200 ? (await client.listed(path)).map((one) => at(one, 'name')) : status;
    expect(found).toEqual(expected);
  });
});

describe('versions', () => {
  test.each([
    ['pc.2024.3', 'v4.0', false, 'v4.r0'],
    ['pc.7.3', 'v4.1', true, 'v4.r1'],
    ['pc.7.6', 'v4.0', false, 'v4.r3'],
  ])('%s at %s shows attachments: %s', async (pcVersion, version, shows, revision) => {
    const { v4 } = await startedVolumes({ pcVersion });
    const groups = `/api/volumes/${version}/config/volume-groups`;
    const task = async (answer: Awaited<ReturnType<typeof v4.get>>): Promise<unknown> => {
      const path = `/api/prism/v4.0/config/tasks/${String(at(answer.body, 'data', 'extId'))}`;
      for (;;) {
        const data = at((await v4.get(path)).body, 'data');
        if (at(data, 'completedTime') !== undefined) return data;
      }
    };
    const made = await task(await v4.change('POST', groups, groupBody()));
    const path = `${groups}/${String(at(made, 'entitiesAffected', 0, 'extId'))}`;
    const body = { iscsiInitiatorName: 'iqn.1994-05.com.example:host-1' };
    await task(await v4.change('POST', `${path}/$actions/attach-iscsi-client`, body));
    const { body: shown } = await v4.get(path);
    expect(at(shown, 'data', 'attachments') !== undefined).toBe(shows);
    expect(at(shown, 'data', '$reserved', '$fv')).toBe(revision);
  });
});
