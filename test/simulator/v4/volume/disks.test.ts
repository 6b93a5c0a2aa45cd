import { PRESET } from '../../../../src/simulator/index.js';
import { at } from '../../api-client.js';
import { affected, failure, GIB, GROUPS, onContainer, startedVolumes, succeeded } from './volumes.js';

const NO_ID = '00000000-0000-4000-8000-00000000abcd';

const copyOf = (entityType: string, extId: unknown, fields = {}) => ({
  diskDataSourceReference: { entityType, extId },
  ...fields,
});

test('disks are added, shown, grown and removed', async () => {
  const { client, v4 } = await startedVolumes();
  const disks = `${GROUPS}/${await client.group({ disks: [] })}/disks`;
  const task = succeeded(await v4.work('POST', disks, onContainer({ description: 'data' })));
  const extId = affected(task, 'volumes:config:volume-group:disk');
  const { body, headers } = await v4.get(`${disks}/${extId}`);
  expect(at(body, 'data')).toMatchObject({
    extId,
    index: 0,
    diskSizeBytes: GIB,
    description: 'data',
    storageContainerId: PRESET.container.uuid,
    $objectType: 'volumes.v4.config.VolumeDisk',
  });
  expect(headers['etag']).toEqual(expect.any(String));
  const grown = { ...Object(at(body, 'data')), diskSizeBytes: 3 * GIB } as object;
  expect(failure(await v4.work('PUT', `${disks}/${extId}`, grown))).toBe('SUCCEEDED');
  expect(await client.listed(disks)).toMatchObject([{ diskSizeBytes: 3 * GIB, description: 'data' }]);
  const filter = `?$filter=${encodeURIComponent(`storageContainerId eq '${NO_ID}'`)}`;
  expect(await client.listed(disks + filter)).toEqual([]);
  succeeded(await v4.work('DELETE', `${disks}/${extId}`));
  expect((await v4.get(`${disks}/${extId}`)).status).toBe(404);
});

test.each<[string, object, string]>([
  ['smaller', { diskSizeBytes: GIB / 2 }, 'VOLUME_DISK_SIZE_INVALID'],
  ['larger than its container', { diskSizeBytes: 5000 * GIB }, 'STORAGE_CONTAINER_FULL'],
  ['one of another index', { index: 7 }, 'VOLUME_DISK_INDEX_IMMUTABLE'],
])('no disk becomes %s', async (_what, change, expected) => {
  const { client, v4 } = await startedVolumes();
  const disks = `${GROUPS}/${await client.group()}/disks`;
  const before = await client.listed(disks);
  const task = await v4.work('PUT', `${disks}/${String(at(before, 0, 'extId'))}`, change);
  expect(at(failure(task), 1)).toBe(expected);
  expect(await client.listed(disks)).toEqual(before);
});

describe('a copy', () => {
  test('of a disk of a group is as large as that, or larger', async () => {
    const { client, v4 } = await startedVolumes();
    const original = await client.listed(`${GROUPS}/${await client.group()}/disks`);
    const extId = at(original, 0, 'extId');
    const disks = `${GROUPS}/${await client.group({ disks: [copyOf('VOLUME_DISK', extId)] })}/disks`;
    succeeded(await v4.work('POST', disks, copyOf('VOLUME_DISK', extId, { diskSizeBytes: 2 * GIB })));
    const tooSmall = copyOf('VOLUME_DISK', extId, { diskSizeBytes: GIB / 2 });
    expect(at(failure(await v4.work('POST', disks, tooSmall)), 1)).toBe('VOLUME_DISK_SIZE_INVALID');
    expect(await client.listed(disks)).toMatchObject([{ diskSizeBytes: GIB }, { diskSizeBytes: 2 * GIB }]);
  });

  test('of a disk of a VM', async () => {
    const { client, v4 } = await startedVolumes();
    const storageContainer = { extId: PRESET.defaultContainer.uuid };
    const backingInfo = {
      $objectType: 'vmm.v4.ahv.config.VmDisk',
      diskSizeBytes: 4 * GIB,
      storageContainer,
    };
    const vm = await client.vm('web-1', { disks: [{ backingInfo }] });
    const disk = at(await v4.vm(vm), 'disks', 0, 'extId');
    const disks = `${GROUPS}/${await client.group({ disks: [copyOf('VM_DISK', disk)] })}/disks`;
    expect(await client.listed(disks)).toMatchObject([
      { diskSizeBytes: 4 * GIB, storageContainerId: PRESET.defaultContainer.uuid },
    ]);
  });

  test.each([
    ['VOLUME_DISK', 'VOLUME_DISK_NOT_FOUND'],
    ['VM_DISK', 'VM_DISK_NOT_FOUND'],
    ['DISK_RECOVERY_POINT', 'DISK_RECOVERY_POINT_NOT_FOUND'],
    ['STORAGE_CONTAINER', 'STORAGE_CONTAINER_NOT_FOUND'],
  ])('of an unknown %s is refused', async (entityType, expected) => {
    const { client, v4 } = await startedVolumes();
    const disks = `${GROUPS}/${await client.group()}/disks`;
    const task = await v4.work('POST', disks, copyOf(entityType, NO_ID, { diskSizeBytes: GIB }));
    expect(at(failure(task), 1)).toBe(expected);
  });
});
