import { randomUUID } from 'node:crypto';
import { showDisksToGuest } from '../../core/vm/guest-disks.js';
import {
  attachToClient,
  attachToVm,
  changedClient,
  clientFor,
  detachFromClient,
  detachFromVm,
  existing,
  vmAttachmentsOf,
  type GroupAttachment,
} from '../../core/volume/index.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { VolumeGroupRecord } from '../../core/store/volume-records.js';
import type { Answer } from '../../http/route.js';
import { answeredList, type Listing } from '../listing/index.js';
import { schemaRejection } from '../message/error.js';
import { requestBody } from '../message/request-body.js';
import type { V4Call, V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { clientDetachmentBody, iscsiClientBody, vmAttachmentBody } from './bodies.js';
import { changeOfGroup, existingGroup, type GroupChange } from './changes.js';
import { GROUP_PATH } from './group-routes.js';
import { clientOptionsOf, initiatorsOf } from './options.js';
import { clientAttachmentView, iscsiClientView, vmAttachmentView, volumeType } from './views.js';

const kind = 'volume_group';

/** Who has a group: VMs, to which it is a disk, and iSCSI clients. */
export function attachmentRoutes(world: V4World): V4Route[] {
  const action = (name: string): string => `${GROUP_PATH}/$actions/${name}`;
  return [
    { method: 'POST', path: action('attach-vm'), kind, handle: (call) => attachVm(world, call) },
    { method: 'POST', path: action('detach-vm'), kind, handle: (call) => detachVm(world, call) },
    {
      method: 'POST',
      path: action('attach-iscsi-client'),
      kind,
      handle: (call) => attachClient(world, call),
    },
    {
      method: 'POST',
      path: action('detach-iscsi-client'),
      kind,
      handle: (call) => detachClient(world, call),
    },
    {
      method: 'GET',
      path: `${GROUP_PATH}/vm-attachments`,
      kind,
      handle: (call) =>
        answeredList(world, call, {
          type: volumeType('ListVmAttachmentsApiResponse'),
          listing: {
            filterable: { extId: 'text' },
            orderable: ['extId'],
            view: (attachment: GroupAttachment) => vmAttachmentView(world, attachment),
          },
          records: vmAttachmentsOf(world.store, existingGroup(world, call).uuid),
        }),
    },
    {
      method: 'GET',
      path: `${GROUP_PATH}/external-iscsi-attachments`,
      kind,
      handle: (call) =>
        answeredList(world, call, {
          type: volumeType('ListExternalIscsiAttachmentsApiResponse'),
          listing: clientAttachmentListing(world, call),
          records: existingGroup(world, call).clientUuids,
        }),
    },
  ];
}

function clientAttachmentListing(world: V4World, call: V4Call): Listing<string> {
  const group = existingGroup(world, call);
  const { minor } = call.version;
  return {
    filterable: { extId: 'text', clusterReference: 'text' },
    orderable: ['extId'],
    expandable: {
      iscsiClient: (uuid) => {
        const client = existing(world.store.iscsiClients, 'iscsi_client', uuid);
        const projection = {
          ...iscsiClientView(world, minor, client),
          $objectType: volumeType('IscsiClientProjection'),
        };
        return {
          $objectType: volumeType('IscsiClientAttachmentProjection'),
          iscsiClientProjection: projection,
        };
      },
    },
    view: (uuid) => clientAttachmentView(world, group, uuid),
  };
}

function attachVm(world: V4World, call: V4Call): Answer {
  const { extId, index } = requestBody(world, call, vmAttachmentBody);
  return changeWithVm(world, call, extId, {
    operation: 'VolumeGroupAttachVm',
    answerType: 'AttachVmApiResponse',
    run: async (group, vm) => {
      attachToVm(world.store, group, vm, { uuid: randomUUID(), index });
      changedNow(world, vm);
      await showDisksToGuest(world, vm);
    },
  });
}

function detachVm(world: V4World, call: V4Call): Answer {
  const { extId } = requestBody(world, call, vmAttachmentBody);
  return changeWithVm(world, call, extId, {
    operation: 'VolumeGroupDetachVm',
    answerType: 'DetachVmApiResponse',
    run: async (group, vm) => {
      await showDisksToGuest(world, vm, group.uuid);
      detachFromVm(world.store, group, vm);
      changedNow(world, vm);
    },
  });
}

interface ChangeWithVm extends Pick<GroupChange, 'operation' | 'answerType'> {
  run(group: VolumeGroupRecord, vm: VmRecord): Promise<void>;
}

/** The lane is the VM's: another change of it shall not lose the disk that is added here. */
function changeWithVm(world: V4World, call: V4Call, extId: string, change: ChangeWithVm): Answer {
  const uuid = extId.toLowerCase();
  return changeOfGroup(world, call, {
    ...change,
    entities: [{ kind: 'vm', uuid }],
    lane: uuid,
    run: async (group) => await change.run(group, existing(world.store.vms, 'vm', uuid)),
  });
}

/** The VM has changed, for its own ETag too. */
function changedNow(world: V4World, vm: VmRecord): void {
  vm.revision += 1;
  vm.updatedAt = world.time.now();
}

/** By the id of a known client alone, or by what a client is recognised by (reference v4 6.4). */
function attachClient(world: V4World, call: V4Call): Answer {
  const input = requestBody(world, call, iscsiClientBody);
  const initiators = initiatorsOf(input);
  if (initiators.length > 1 || (initiators.length === 0 && input.extId === undefined)) {
    const message = 'Exactly one of iscsiInitiatorName and iscsiInitiatorNetworkId must be specified';
    throw schemaRejection(world, call, [{ location: '@body', message }]);
  }
  const options = clientOptionsOf(input);
  const known = input.extId?.toLowerCase();
  return changeOfGroup(world, call, {
    operation: 'VolumeGroupAttachExternal',
    answerType: 'AttachIscsiClientApiResponse',
    run: (group, task) => {
      const { iscsiClients } = world.store;
      const client =
        known === undefined
          ? clientFor(world.store, group.clusterUuid, options)
          : changedClient(existing(iscsiClients, 'iscsi_client', known), options);
      task.entities.push({ kind: 'iscsi_client', uuid: client.uuid });
      attachToClient(world.store, group, client);
      iscsiClients.put(client);
    },
  });
}

/** The client stays, attached or not. */
function detachClient(world: V4World, call: V4Call): Answer {
  const { extId } = requestBody(world, call, clientDetachmentBody);
  const uuid = extId.toLowerCase();
  return changeOfGroup(world, call, {
    operation: 'VolumeGroupDetachExternal',
    answerType: 'DetachIscsiClientApiResponse',
    entities: [{ kind: 'iscsi_client', uuid }],
    run: (group) => detachFromClient(group, uuid),
  });
}
