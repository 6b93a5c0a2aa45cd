import { at, listOf } from '../../api-client.js';
import { RecordingGuests } from '../../recording-guests.js';
import {
  affected,
  failure,
  GROUPS,
  onContainer,
  POINTS,
  startedVolumes,
  succeeded,
  type VolumeClient,
} from './volumes.js';

/** What disks hold follows what the API says of them; the guests' side keeps it by the disks' ids. */
async function startedContents() {
  const guests = new RecordingGuests();
  return { guests, ...(await startedVolumes({ guests })) };
}

async function disksOf(client: VolumeClient, group: string): Promise<string[]> {
  const disks = await client.listed(`${GROUPS}/${group}/disks`);
  return disks.map((disk) => String(at(disk, 'extId')));
}

/** Takes a recovery point; its path, and of its only part the id and those of the disks. */
async function taken({ v4 }: VolumeClient, group: string) {
  const task = succeeded(
    await v4.work('POST', POINTS, { volumeGroupRecoveryPoints: [{ volumeGroupExtId: group }] }),
  );
  const path = `${POINTS}/${String(at(task, 'completionDetails', 0, 'value'))}`;
  const part = at((await v4.get(path)).body, 'data', 'volumeGroupRecoveryPoints', 0);
  const disks = listOf(at(part, 'diskRecoveryPoints')).map((one) =>
    String(at(one, 'diskRecoveryPointExtId')),
  );
  return { path, extId: String(at(part, 'extId')), disks };
}

test('a disk that is made of another one holds what that one held, and what a deleted one held is dropped', async () => {
  const { client, guests, v4 } = await startedContents();
  const group = await client.group();
  const [original] = await disksOf(client, group);
  const source = { diskDataSourceReference: { entityType: 'VOLUME_DISK', extId: original } };
  const clone = await client.group({ disks: [source] });
  succeeded(await v4.work('POST', `${GROUPS}/${group}/disks`, source));
  const [copy] = await disksOf(client, clone);
  const [, second] = await disksOf(client, group);
  succeeded(await v4.work('DELETE', `${GROUPS}/${group}/disks/${String(second)}`));
  succeeded(await v4.work('DELETE', `${GROUPS}/${clone}`));
  expect(guests.kept).toEqual([
    `copy ${String(original)} ${String(copy)}`,
    `copy ${String(original)} ${String(second)}`,
    `remove ${String(second)}`,
    `remove ${String(copy)}`,
  ]);
});

test('a recovery point holds what the disks held, for restored groups and for the group itself', async () => {
  const { client, guests, v4 } = await startedContents();
  const group = await client.group();
  const [disk] = await disksOf(client, group);
  const { path, extId, disks } = await taken(client, group);
  const [point] = disks;
  const restore = succeeded(await v4.work('POST', `${path}/$actions/restore`));
  const [restored] = await disksOf(client, affected(restore, 'volumes:config:volume-group'));
  succeeded(await v4.work('POST', `${GROUPS}/${group}/disks`, onContainer()));
  const [, later] = await disksOf(client, group);
  succeeded(await client.act(group, 'revert', { volumeGroupRecoveryPointExtId: extId }));
  succeeded(await v4.work('DELETE', path));
  expect(guests.kept).toEqual([
    `copy ${String(disk)} ${String(point)}`,
    `copy ${String(point)} ${String(restored)}`,
    `copy ${String(point)} ${String(disk)}`,
    `remove ${String(later)}`,
    `remove ${String(point)}`,
  ]);
});

test('nobody can have a group before the guest that had it has lost it', async () => {
  const { client, guests, v4 } = await startedContents();
  const [group, holder, other] = [await client.group(), await client.vm('web-1'), await client.vm('web-2')];
  await v4.workOnVm('POST', holder, '/$actions/power-on');
  succeeded(await client.act(group, 'attach-vm', { extId: holder }));
  let lose = (): void => undefined;
  guests.showing = new Promise((resolve) => (lose = resolve));
  const detaching = client.act(group, 'detach-vm', { extId: holder });
  while (guests.shown.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(failure(await client.act(group, 'attach-vm', { extId: other }))).toEqual([
    'VOL-40203',
    'VOLUME_GROUP_NOT_SHARED',
  ]);
  lose();
  succeeded(await detaching);
  succeeded(await client.act(group, 'attach-vm', { extId: other }));
});
