import type { VolumeDisk } from '../../core/store/volume-records.js';
import {
  addDisk,
  changeDisk,
  checkDataSources,
  diskOf,
  dropContents,
  fillDisks,
  removeDisk,
} from '../../core/volume/index.js';
import { param, type Answer } from '../../http/route.js';
import { answeredList } from '../listing/index.js';
import { entityAnswer } from '../message/answer.js';
import { requestBody } from '../message/request-body.js';
import type { V4Call, V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { volumeDiskBody } from './bodies.js';
import { changeOfGroup, existingGroup, showGroupToGuests } from './changes.js';
import { unknownEntity, volumeRejection } from './failures.js';
import { GROUPS_PATH } from './group-routes.js';
import { diskOptionsOf } from './options.js';
import { volumeDiskView, volumeType } from './views.js';

const kind = 'volume_disk';

/** The disks of a group. */
export function volumeDiskRoutes(world: V4World): V4Route[] {
  const disks = `${GROUPS_PATH}/:groupExtId/disks`;
  const path = `${disks}/:diskExtId`;
  return [
    { method: 'POST', path: disks, kind, handle: (call) => createDisk(world, call) },
    {
      method: 'GET',
      path: disks,
      kind,
      handle: (call) =>
        answeredList(world, call, {
          type: volumeType('ListVolumeDisksApiResponse'),
          listing: {
            filterable: { storageContainerId: 'text' },
            orderable: [],
            view: (disk: VolumeDisk) => volumeDiskView(world, disk),
          },
          records: existingGroup(world, call).disks,
        }),
    },
    {
      method: 'GET',
      path,
      kind,
      handle: (call) => {
        const disk = existingDisk(world, call);
        return entityAnswer(world, call, {
          type: volumeType('GetVolumeDiskApiResponse'),
          data: volumeDiskView(world, disk),
          tag: world.tags.of(disk.uuid, disk),
        });
      },
    },
    { method: 'PUT', path, kind, handle: (call) => updateDisk(world, call) },
    {
      method: 'DELETE',
      path,
      kind,
      handle: (call) => {
        const { uuid } = existingDisk(world, call);
        return changeOfGroup(world, call, {
          operation: 'VolumeDiskDelete',
          answerType: 'DeleteVolumeDiskApiResponse',
          entities: [{ kind, uuid }],
          run: async (group) => {
            const disk = diskOf(group, uuid);
            removeDisk(group, uuid);
            await showGroupToGuests(world, group);
            await dropContents(world, [disk]);
          },
        });
      },
    },
  ];
}

function createDisk(world: V4World, call: V4Call): Answer {
  const options = diskOptionsOf(requestBody(world, call, volumeDiskBody));
  try {
    checkDataSources([options]);
  } catch (error) {
    throw volumeRejection(error, call.namespace);
  }
  return changeOfGroup(world, call, {
    operation: 'VolumeDiskCreate',
    answerType: 'CreateVolumeDiskApiResponse',
    run: async (group, task) => {
      const disk = addDisk(world.store, group, options);
      task.entities.push({ kind, uuid: disk.uuid });
      await fillDisks(world, [disk]);
      await showGroupToGuests(world, group);
    },
  });
}

/** PUT of a disk: it grows, also while it is attached; its index and where it came from stay. */
function updateDisk(world: V4World, call: V4Call): Answer {
  const { uuid } = existingDisk(world, call);
  const { index, sizeBytes, description, flashMode } = diskOptionsOf(
    requestBody(world, call, volumeDiskBody),
  );
  return changeOfGroup(world, call, {
    operation: 'VolumeDiskUpdate',
    answerType: 'UpdateVolumeDiskApiResponse',
    entities: [{ kind, uuid }],
    run: async (group) => {
      changeDisk(world.store, diskOf(group, uuid), { index, sizeBytes, description, flashMode });
      await showGroupToGuests(world, group);
    },
  });
}

function existingDisk(world: V4World, call: V4Call): VolumeDisk {
  const extId = param(call, 'diskExtId');
  const disk = existingGroup(world, call).disks.find(({ uuid }) => uuid === extId.toLowerCase());
  if (disk === undefined) throw unknownEntity(call.namespace, kind, extId);
  return disk;
}
