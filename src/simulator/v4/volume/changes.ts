import type { Reference } from '../../core/store/entity.js';
import type { VolumeGroupRecord } from '../../core/store/volume-records.js';
import type { TaskFault, TaskRecord } from '../../core/task-engine.js';
import { showDisksToGuest } from '../../core/vm/guest-disks.js';
import { existing, serveTargets, vmAttachmentsOf } from '../../core/volume/index.js';
import { param, type Answer } from '../../http/route.js';
import type { V4Call } from '../route.js';
import { ordered } from '../task/start.js';
import type { V4World } from '../world.js';
import { unknownEntity, volumeFailure } from './failures.js';
import { volumeType } from './views.js';

/** A change of a group that is there, in all its words. */
export interface GroupChange {
  /** e.g. `VolumeGroupAttachVm`. */
  readonly operation: string;
  /** Without namespace, e.g. `AttachVmApiResponse`. */
  readonly answerType: string;
  /** What is concerned besides the group; `run` adds what it makes to the task. */
  readonly entities?: readonly Reference[];
  /** Changes with the same lane wait for one another; the group's when absent. */
  readonly lane?: string;
  readonly fault?: TaskFault | undefined;
  run(group: VolumeGroupRecord, task: TaskRecord): void | Promise<void>;
}

/**
 * Accepts a change of the group that the path names: whether it can be done is found out by its task, as everywhere in
 * this API (reference v4 2.4). No If-Match is needed, except where `fault` comes from one.
 */
export function changeOfGroup(world: V4World, call: V4Call, change: GroupChange): Answer {
  const group = existingGroup(world, call);
  const { operation, entities = [], lane = group.uuid, fault = call.taskFault } = change;
  return ordered(world, call, volumeType(change.answerType), () => ({
    operation,
    entities: [groupEntity(group), ...entities],
    lane,
    fault,
    run: async (task) => {
      await inVolumeWords(async () => {
        existing(world.store.volumeGroups, 'volume_group', group.uuid);
        await change.run(group, task);
      });
      await serveTargets(world);
      group.revision += 1;
      group.updatedAt = world.time.now();
      task.clusterUuid = group.clusterUuid;
    },
  }));
}

/** Refusals of the core that `work` ends in become failures of this namespace. */
export async function inVolumeWords(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw volumeFailure(error);
  }
}

/** The group that the path names. Throws the 404 of one that is not there. */
export function existingGroup(world: V4World, call: V4Call, parameter = 'groupExtId'): VolumeGroupRecord {
  const extId = param(call, parameter);
  const group = world.store.volumeGroups.get(extId.toLowerCase());
  if (group === undefined) throw unknownEntity(call.namespace, 'volume_group', extId);
  return group;
}

export function groupEntity({ uuid, name }: VolumeGroupRecord): Reference {
  return { kind: 'volume_group', uuid, name };
}

/** Running guests of the VMs that have the group see what has become of its disks. */
export async function showGroupToGuests(world: V4World, group: VolumeGroupRecord): Promise<void> {
  const attached = vmAttachmentsOf(world.store, group.uuid);
  await Promise.all(attached.map(({ vm }) => showDisksToGuest(world, vm)));
}

/** The ETag of a group: it changes with all that a client or the server itself changes. */
export function groupTag(world: V4World, group: VolumeGroupRecord): string {
  return world.tags.of(group.uuid, group);
}
