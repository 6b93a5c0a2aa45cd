import { PRESET } from '../../../../src/simulator/index.js';
import { at } from '../../api-client.js';
import { RecordingGuests } from '../../recording-guests.js';
import type { VolumeClient } from './volumes.js';
import {
  CLIENTS,
  failure,
  GIB,
  GROUPS,
  INITIATOR,
  onContainer,
  startedVolumes,
  succeeded,
} from './volumes.js';

const NO_ID = '00000000-0000-4000-8000-00000000abcd';

async function attached(client: VolumeClient, fields = {}) {
  const [group, vm] = [await client.group(fields), await client.vm()];
  succeeded(await client.act(group, 'attach-vm', { extId: vm }));
  return { group, vm };
}

describe('a VM that has a group', () => {
  test('shows it as a disk at the next free place of its SCSI bus, in both APIs', async () => {
    const { client, v4, api, simulator } = await startedVolumes();
    const container = { storageContainer: { extId: PRESET.container.uuid } };
    const backingInfo = { $objectType: 'vmm.v4.ahv.config.VmDisk', diskSizeBytes: GIB, ...container };
    const [group, vm] = [await client.group(), await client.vm('web-1', { disks: [{ backingInfo }] })];
    const task = await client.act(group, 'attach-vm', { extId: vm });
    expect(succeeded(task)).toMatchObject({
      operation: 'VolumeGroupAttachVm',
      entitiesAffected: [
        { extId: group, rel: 'volumes:config:volume-group', name: 'docker-data1' },
        { extId: vm, rel: 'vmm:ahv:config:vm' },
      ],
    });
    const place = 1;
    expect(await client.listed(`${GROUPS}/${group}/vm-attachments`)).toMatchObject([
      { extId: vm, index: place },
    ]);
    expect(at(await v4.vm(vm), 'disks', place)).toMatchObject({
      diskAddress: { busType: 'SCSI', index: place },
      backingInfo: { $objectType: 'vmm.v4.ahv.config.ADSFVolumeGroupReference', volumeGroupExtId: group },
    });
    const older = await api.call('GET', `/vms/${vm}`);
    expect(at(older.body, 'spec', 'resources', 'disk_list', place)).toMatchObject({
      device_properties: {
        device_type: 'VOLUME_GROUP',
        disk_address: { adapter_type: 'SCSI', device_index: place },
      },
      volume_group_reference: { kind: 'volume_group', uuid: group },
    });
    expect(simulator.snapshot().volumeGroups).toMatchObject([
      { uuid: group, cluster: PRESET.cluster.name, vms: [vm], iscsiClients: [], disks: [{ sizeBytes: GIB }] },
    ]);
    expect(await client.shown(group)).toMatchObject({
      attachmentType: 'DIRECT',
      attachments: [
        { attachment: { extId: vm, index: place, $objectType: 'volumes.v4.config.VmAttachment' } },
      ],
    });
  });

  test('is not deleted while it has it, by neither API; the group neither', async () => {
    const { client, v4, api } = await startedVolumes();
    const { group, vm } = await attached(client);
    const refused = await v4.workOnVm('DELETE', vm, '');
    expect(at(refused, 'errorMessages', 0, 'message')).toBe(
      'Volume group at scsi.0 must be detached before deleting VM',
    );
    const older = await api.work('DELETE', `/vms/${vm}`);
    expect(String(older['error_detail'])).toContain('Volume group at scsi.0 must be detached');
    const deletion = await v4.work('DELETE', `${GROUPS}/${group}`);
    expect(failure(deletion)).toEqual(['VOL-40201', 'VOLUME_GROUP_ATTACHED']);
    succeeded(await client.act(group, 'detach-vm', { extId: vm }));
    succeeded(await v4.workOnVm('DELETE', vm, ''));
    succeeded(await v4.work('DELETE', `${GROUPS}/${group}`));
  });

  test('gives it up when the disk entry is taken out of the VM', async () => {
    const { client, api } = await startedVolumes();
    const { group, vm } = await attached(client);
    const { body } = await api.call('GET', `/vms/${vm}`);
    const spec = at(body, 'spec') as object;
    const resources = { ...Object(at(spec, 'resources')), disk_list: [] } as object;
    const metadata = at(body, 'metadata');
    await api.work('PUT', `/vms/${vm}`, { api_version: '3.1', metadata, spec: { ...spec, resources } });
    expect(await client.listed(`${GROUPS}/${group}/vm-attachments`)).toEqual([]);
  });

  test('keeps it over a saved state', async () => {
    const { client, simulator } = await startedVolumes();
    const { group, vm } = await attached(client, { sharingStatus: 'SHARED' });
    await client.attachClient(group);
    const state: unknown = JSON.parse(JSON.stringify(simulator.save()));
    await simulator.close();
    const again = await startedVolumes({ state });
    const attachments = await again.client.listed(`${GROUPS}/${group}/vm-attachments`);
    expect(attachments).toMatchObject([{ extId: vm }]);
    expect(await again.client.listed(CLIENTS)).toMatchObject([{ iscsiInitiatorName: INITIATOR }]);
  });

  test('shows each change to its running guest', async () => {
    const guests = new RecordingGuests();
    const { client, v4 } = await startedVolumes({ guests });
    const [group, vm] = [await client.group(), await client.vm()];
    await v4.workOnVm('POST', vm, '/$actions/power-on');
    succeeded(await client.act(group, 'attach-vm', { extId: vm, index: 5 }));
    const [disk] = await client.listed(`${GROUPS}/${group}/disks`);
    const path = `${GROUPS}/${group}/disks/${String(at(disk, 'extId'))}`;
    succeeded(await v4.work('PUT', path, { diskSizeBytes: 2 * GIB }));
    succeeded(await v4.work('POST', `${GROUPS}/${group}/disks`, onContainer()));
    succeeded(await client.act(group, 'detach-vm', { extId: vm }));
    const seen = guests.shown.map((disks) =>
      disks.map(({ index, lun, sizeBytes }) => [index, lun, sizeBytes]),
    );
    expect(seen).toEqual([
      [[5, 0, GIB]],
      [[5, 0, 2 * GIB]],
      [
        [5, 0, 2 * GIB],
        [5, 1, GIB],
      ],
      [],
    ]);
    expect(guests.shown[0]).toMatchObject([{ uuid: at(disk, 'extId'), volumeGroupUuid: group }]);
  });
});

describe('an iSCSI client', () => {
  test('is made by its first attachment, shows no secret, and outlives its detachment', async () => {
    const { client, v4 } = await startedVolumes();
    const group = await client.group({ targetPrefix: 'vg1' });
    const extId = await client.attachClient(group, {
      iscsiInitiatorName: INITIATOR,
      enabledAuthentications: 'CHAP',
      clientSecret: 'not to be shown',
      numVirtualTargets: 32,
    });
    const known = {
      extId,
      iscsiInitiatorName: INITIATOR,
      enabledAuthentications: 'CHAP',
      clusterReference: PRESET.cluster.uuid,
    };
    const { body } = await v4.get(`${CLIENTS}/${extId}`);
    expect(at(body, 'data')).toMatchObject({
      ...known,
      attachedTargets: [
        { iscsiTargetName: `iqn.2010-06.com.nutanix:vg1-${group}-tgt0`, numVirtualTargets: 32 },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('not to be shown');
    const attachments = await client.listed(`${GROUPS}/${group}/external-iscsi-attachments`);
    expect(attachments).toMatchObject([{ extId, clusterReference: PRESET.cluster.uuid }]);
    expect(
      await client.listed(`${GROUPS}/${group}/external-iscsi-attachments?$expand=iscsiClient`),
    ).toMatchObject([{ iscsiClientProjection: known }]);
    succeeded(await client.act(group, 'detach-iscsi-client', { extId }));
    expect(await client.listed(CLIENTS)).toMatchObject([known]);
    expect(Object(await client.shown(group))).not.toHaveProperty('attachments');
    // By its id alone, and by its name again: it is the same client.
    expect(await client.attachClient(group, { extId })).toBe(extId);
    succeeded(await client.act(group, 'detach-iscsi-client', { extId }));
    expect(await client.attachClient(group)).toBe(extId);
  });

  test.each([
    [{ ipv4: { value: '192.0.2.5' } }, { ipv4: { value: '192.0.2.5', prefixLength: 32 } }],
    [{ ipv6: { value: '2001:db8::5' } }, { ipv6: { value: '2001:db8::5', prefixLength: 128 } }],
    [{ fqdn: { value: 'host-1.example' } }, { fqdn: { value: 'host-1.example' } }],
  ])('is recognised by where it calls from: %j', async (given, shown) => {
    const { client } = await startedVolumes();
    await client.attachClient(await client.group(), { iscsiInitiatorNetworkId: given });
    expect(await client.listed(CLIENTS)).toMatchObject([{ iscsiInitiatorNetworkId: shown }]);
  });

  test('gets another secret by PUT with its ETag', async () => {
    const { client, v4 } = await startedVolumes();
    const path = `${CLIENTS}/${await client.attachClient(await client.group())}`;
    const tag = String((await v4.get(path)).headers['etag']);
    const chap = { enabledAuthentications: 'CHAP', clientSecret: 'another one' };
    expect(failure(await v4.work('PUT', path, chap, tag))).toBe('SUCCEEDED');
    expect(at((await v4.get(path)).body, 'data', 'enabledAuthentications')).toBe('CHAP');
    expect((await v4.change('PUT', path, chap, { tag })).status).toBe(412);
  });

  test('that is not known is a bad request, and not one that is not found', async () => {
    const { v4 } = await startedVolumes();
    const { status, body } = await v4.get(`${CLIENTS}/${NO_ID}`);
    expect([status, String(at(body, 'data', 'error', 0, 'message'))]).toEqual([
      400,
      expect.stringContaining('BAD REQUEST'),
    ]);
  });
});

type Outcome = (of: {
  readonly client: VolumeClient;
  readonly group: string;
  readonly vm: string;
}) => Promise<unknown>;

/** The group is attached to the VM in each of them. */
const REFUSED: readonly (readonly [string, object, Outcome, unknown])[] = [
  [
    'a second VM',
    {},
    async ({ client, group }) => client.act(group, 'attach-vm', { extId: await client.vm('web-2') }),
    'VOLUME_GROUP_NOT_SHARED',
  ],
  [
    'an iSCSI client beside the VM',
    {},
    ({ client, group }) => client.act(group, 'attach-iscsi-client', { iscsiInitiatorName: INITIATOR }),
    'VOLUME_GROUP_NOT_SHARED',
  ],
  [
    'the same VM again',
    { sharingStatus: 'SHARED' },
    ({ client, group, vm }) => client.act(group, 'attach-vm', { extId: vm }),
    'VOLUME_GROUP_ATTACHED',
  ],
  [
    'a place that is taken',
    {},
    async ({ client, vm }) => client.act(await client.group(), 'attach-vm', { extId: vm, index: 0 }),
    'SCSI_INDEX_IN_USE',
  ],
  [
    'a place that is none',
    {},
    async ({ client, vm }) => client.act(await client.group(), 'attach-vm', { extId: vm, index: 256 }),
    'SCSI_INDEX_IN_USE',
  ],
  [
    'a client to a group that balances the load of VMs',
    { sharingStatus: 'SHARED', shouldLoadBalanceVmAttachments: true },
    ({ client, group }) => client.act(group, 'attach-iscsi-client', { iscsiInitiatorName: INITIATOR }),
    'VOLUME_GROUP_LOAD_BALANCED',
  ],
  [
    'a group of another cluster',
    {},
    async ({ client, vm }) => {
      const away = await client.group({ clusterReference: PRESET.secondCluster.uuid, disks: [] });
      return client.act(away, 'attach-vm', { extId: vm });
    },
    'VOLUME_GROUP_CLUSTER_MISMATCH',
  ],
  [
    'an unknown VM',
    {},
    ({ client, group }) => client.act(group, 'attach-vm', { extId: NO_ID }),
    'VM_NOT_FOUND',
  ],
  [
    'an unknown client by its id',
    {},
    ({ client, group }) => client.act(group, 'attach-iscsi-client', { extId: NO_ID }),
    'ISCSI_CLIENT_NOT_FOUND',
  ],
  [
    'the detachment of a VM that has it not',
    {},
    async ({ client, group }) => client.act(group, 'detach-vm', { extId: await client.vm('web-2') }),
    'VOLUME_GROUP_NOT_ATTACHED',
  ],
  [
    'the detachment of a client that has it not',
    {},
    ({ client, group }) => client.act(group, 'detach-iscsi-client', { extId: NO_ID }),
    'VOLUME_GROUP_NOT_ATTACHED',
  ],
  [
    'a secret without CHAP',
    { sharingStatus: 'SHARED' },
    ({ client, group }) =>
      client.act(group, 'attach-iscsi-client', { iscsiInitiatorName: INITIATOR, clientSecret: 'x' }),
    'INVALID_ARGUMENT',
  ],
];

test.each(REFUSED)('%s is refused by the task', async (_what, fields, attempt, expected) => {
  const { client } = await startedVolumes();
  const { group, vm } = await attached(client, fields);
  const task = Object(await attempt({ client, group, vm })) as Record<string, unknown>;
  expect(at(failure(task), 1)).toBe(expected);
  const attachments = await client.listed(`${GROUPS}/${group}/vm-attachments`);
  expect(attachments.map((one) => at(one, 'extId'))).toEqual([vm]);
});

test.each([
  ['no initiator', {}],
  [
    'two initiators',
    { iscsiInitiatorName: INITIATOR, iscsiInitiatorNetworkId: { ipv4: { value: '192.0.2.5' } } },
  ],
])('an attachment with %s is refused at once', async (_what, body) => {
  const { client, v4 } = await startedVolumes();
  const path = `${GROUPS}/${await client.group()}/$actions/attach-iscsi-client`;
  expect((await v4.change('POST', path, body)).status).toBe(400);
});
