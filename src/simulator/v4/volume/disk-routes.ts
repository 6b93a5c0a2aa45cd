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
import type { EntityType } from '../entity-routes.js';
import { requestBody } from '../message/request-body.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { volumeDiskBody } from './bodies.js';
import { changeOfGroup, existingGroup, showGroupToGuests } from './changes.js';
import { unknownEntity, volumeRejection } from './failures.js';
import { GROUP_PATH } from './group-routes.js';
import { diskOptionsOf } from './options.js';
import { volumeDiskView, VOLUME_MODEL } from './views.js';

const kind = 'volume_disk';

const disksPath = `${GROUP_PATH}/disks`;

/** The disks of a group. */
export const VOLUME_DISKS: EntityType<VolumeDisk> = {
  kind,
  path: disksPath,
  onePath: `${disksPath}/:diskExtId`,
  model: VOLUME_MODEL,
  word: 'VolumeDisk',
  listing: (world) => ({
    filterable: { storageContainerId: 'text' },
    orderable: [],
    view: (disk) => volumeDiskView(world, disk),
  }),
  records: (world, call) => existingGroup(world, call).disks,
  existing: existingDisk,
  tag: ({ tags }, disk) => tags.of(disk.uuid, disk),
  create: createDisk,
  update: updateDisk,
  remove: deleteDisk,
};

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

function deleteDisk(world: V4World, call: V4Call): Answer {
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
}

function existingDisk(world: V4World, call: V4Call): VolumeDisk {
  const extId = param(call, 'diskExtId');
  const disk = existingGroup(world, call).disks.find(({ uuid }) => uuid === extId.toLowerCase());
  if (disk === undefined) throw unknownEntity(call.namespace, kind, extId);
  return disk;
}
