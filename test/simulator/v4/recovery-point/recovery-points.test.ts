import { PRESET } from '../../../../src/simulator/index.js';
import { at } from '../../api-client.js';
import {
  affected,
  failure,
  GIB,
  GROUPS,
  onContainer,
  POINTS,
  startedVolumes,
  succeeded,
  type VolumeClient,
} from '../volume/volumes.js';

const ofGroups = (...groups: readonly string[]) => ({
  name: 'before the change',
  volumeGroupRecoveryPoints: groups.map((volumeGroupExtId) => ({
    $objectType: 'dataprotection.v4.config.VolumeGroupRecoveryPoint',
    volumeGroupExtId,
  })),
});

/** Takes one; its id and that of its only part. */
async function taken(client: VolumeClient, group: string) {
  const task = succeeded(await client.v4.work('POST', POINTS, ofGroups(group)));
  const extId = String(at(task, 'completionDetails', 0, 'value'));
  const data = at((await client.v4.get(`${POINTS}/${extId}`)).body, 'data');
  return { task, extId, data, part: String(at(data, 'volumeGroupRecoveryPoints', 0, 'extId')) };
}

async function sizes(client: VolumeClient, group: string): Promise<unknown[]> {
  const disks = await client.listed(`${GROUPS}/${group}/disks`);
  return disks.map((disk) => at(disk, 'diskSizeBytes'));
}

async function grow(client: VolumeClient, group: string, diskSizeBytes: number): Promise<void> {
  const [disk] = await client.listed(`${GROUPS}/${group}/disks`);
  const path = `${GROUPS}/${group}/disks/${String(at(disk, 'extId'))}`;
  succeeded(await client.v4.work('PUT', path, { diskSizeBytes }));
}

test('a recovery point tells its id in the task, and what it keeps', async () => {
  const { client } = await startedVolumes();
  const group = await client.group();
  const [disk] = await client.listed(`${GROUPS}/${group}/disks`);
  const { task, extId, data } = await taken(client, group);
  expect(task).toMatchObject({
    completionDetails: [{ name: 'recoveryPointExtId', value: extId }],
    entitiesAffected: [{ extId, rel: 'dataprotection:config:recovery-point' }, { extId: group }],
  });
  expect(data).toMatchObject({
    extId,
    name: 'before the change',
    status: 'COMPLETE',
    recoveryPointType: 'CRASH_CONSISTENT',
    locationReferences: [{ locationExtId: PRESET.cluster.uuid }],
    volumeGroupRecoveryPoints: [
      { volumeGroupExtId: group, diskRecoveryPoints: [{ diskExtId: at(disk, 'extId') }] },
    ],
  });
  const filter = `?$filter=${encodeURIComponent("name eq 'before the change'")}`;
  expect(await client.listed(POINTS + filter)).toHaveLength(1);
});

test('a restore makes a new group as it was then, under the name that is asked for', async () => {
  const { client, v4 } = await startedVolumes();
  const group = await client.group({ createdBy: 'docker-plugin' });
  const { extId, part } = await taken(client, group);
  await grow(client, group, 2 * GIB);
  const task = await v4.work('POST', `${POINTS}/${extId}/$actions/restore`, {
    clusterExtId: PRESET.cluster.uuid,
    volumeGroupRecoveryPointRestoreOverrides: [
      { volumeGroupRecoveryPointExtId: part, volumeGroupOverrideSpec: { name: 'restored' } },
    ],
  });
  const restored = affected(succeeded(task), 'volumes:config:volume-group');
  expect(at(task, 'completionDetails', 0)).toMatchObject({ name: 'volumeGroupExtIds', value: restored });
  expect(restored).not.toBe(group);
  expect(await client.shown(restored)).toMatchObject({
    name: 'restored',
    createdBy: 'docker-plugin',
    targetName: `restored-${restored}`,
    attachmentType: 'NONE',
  });
  expect(await sizes(client, restored)).toEqual([GIB]);
  expect(await sizes(client, group)).toEqual([2 * GIB]);
});

test('several groups are kept at one moment and restored together, also when the groups are gone', async () => {
  const { client, v4 } = await startedVolumes();
  const groups = [await client.group({ name: 'a' }), await client.group({ name: 'b' })];
  const { completionDetails } = succeeded(await v4.work('POST', POINTS, ofGroups(...groups)));
  for (const group of groups) succeeded(await v4.work('DELETE', `${GROUPS}/${group}`));
  const path = `${POINTS}/${String(at(completionDetails, 0, 'value'))}`;
  const task = succeeded(await v4.work('POST', `${path}/$actions/restore`));
  const restored = String(at(task, 'completionDetails', 0, 'value')).split(',');
  const shown = await Promise.all(restored.map((group) => client.shown(group)));
  expect(shown.map((one) => at(one, 'name'))).toEqual(['a', 'b']);
});

test('a disk is made of a disk’s recovery point', async () => {
  const { client } = await startedVolumes();
  const { data } = await taken(client, await client.group());
  const point = at(data, 'volumeGroupRecoveryPoints', 0, 'diskRecoveryPoints', 0, 'diskRecoveryPointExtId');
  const source = { diskDataSourceReference: { entityType: 'DISK_RECOVERY_POINT', extId: point } };
  expect(await sizes(client, await client.group({ disks: [source] }))).toEqual([GIB]);
});

describe('a revert', () => {
  test('puts the disks back; those made since are gone', async () => {
    const { client, v4 } = await startedVolumes();
    const group = await client.group();
    const before = await client.listed(`${GROUPS}/${group}/disks`);
    const { part } = await taken(client, group);
    await grow(client, group, 2 * GIB);
    succeeded(await v4.work('POST', `${GROUPS}/${group}/disks`, onContainer()));
    succeeded(await client.act(group, 'revert', { volumeGroupRecoveryPointExtId: part }));
    expect(await client.listed(`${GROUPS}/${group}/disks`)).toEqual(before);
  });

  test('is refused while the group is attached, and for the recovery point of another one', async () => {
    const { client } = await startedVolumes();
    const group = await client.group();
    const { part } = await taken(client, await client.group());
    const wrong = await client.act(group, 'revert', { volumeGroupRecoveryPointExtId: part });
    expect(at(failure(wrong), 1)).toBe('INVALID_ARGUMENT');
    const own = await taken(client, group);
    await client.attachClient(group);
    const attached = await client.act(group, 'revert', { volumeGroupRecoveryPointExtId: own.part });
    expect(at(failure(attached), 1)).toBe('VOLUME_GROUP_ATTACHED');
  });
});

test('a recovery point is kept longer, and deleted; what was restored stays', async () => {
  const { client, v4 } = await startedVolumes();
  const { extId } = await taken(client, await client.group());
  const path = `${POINTS}/${extId}`;
  const expirationTime = '2030-01-02T03:04:05Z';
  succeeded(await v4.work('POST', `${path}/$actions/set-expiration-time`, { expirationTime }));
  expect(at((await v4.get(path)).body, 'data', 'expirationTime')).toBe(expirationTime);
  succeeded(await v4.work('POST', `${path}/$actions/restore`));
  succeeded(await v4.work('DELETE', path));
  expect((await v4.get(path)).status).toBe(404);
  expect(await client.listed(GROUPS)).toHaveLength(2);
});

test('a recovery point of nothing, of an unknown group, of a VM', async () => {
  const { v4 } = await startedVolumes();
  expect((await v4.change('POST', POINTS, { name: 'empty' })).status).toBe(400);
  const unknown = await v4.work('POST', POINTS, ofGroups('00000000-0000-4000-8000-00000000abcd'));
  expect(at(failure(unknown), 1)).toBe('VOLUME_GROUP_NOT_FOUND');
  expect((await v4.change('POST', POINTS, { vmRecoveryPoints: [{}] })).status).toBe(501);
});
