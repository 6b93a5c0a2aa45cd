import { randomUUID } from 'node:crypto';
import { pendingRecord, type EntityRecord } from '../../core/store/entity.js';
import type { VolumeGroupRecord } from '../../core/store/volume-records.js';
import {
  changeGroup,
  checkDataSources,
  deleteGroup,
  dropContents,
  fillDisks,
  newVolumeGroup,
} from '../../core/volume/index.js';
import type { TaskFault } from '../../core/task-engine.js';
import type { Answer } from '../../http/route.js';
import type { EntityType } from '../entity-routes.js';
import type { Listing } from '../listing/index.js';
import { schemaRejection } from '../message/error.js';
import { requestBody } from '../message/request-body.js';
import { checkIfMatch } from '../precondition/if-match.js';
import type { V4Call } from '../route.js';
import { ordered } from '../task/start.js';
import type { V4World } from '../world.js';
import { groupChangeBody, newGroupBody, type NewGroupBody } from './bodies.js';
import { changeOfGroup, existingGroup, groupTag, inVolumeWords } from './changes.js';
import { volumeRejection } from './failures.js';
import { groupOptionsOf, newGroupOf } from './options.js';
import { groupClusterView, groupMetadataView, groupView, VOLUME_MODEL, volumeType } from './views.js';

const kind = 'volume_group';

const GROUPS_PATH = '/config/volume-groups';
/** Of one group. */
export const GROUP_PATH = `${GROUPS_PATH}/:groupExtId`;

/** A group itself. */
export const VOLUME_GROUPS: EntityType<VolumeGroupRecord> = {
  kind,
  path: GROUPS_PATH,
  onePath: GROUP_PATH,
  model: VOLUME_MODEL,
  word: 'VolumeGroup',
  listing: groupListing,
  records: ({ store }) => store.volumeGroups,
  existing: existingGroup,
  shown: expandedGroup,
  tag: groupTag,
  links: ['disks', 'vm-attachments', 'external-iscsi-attachments', 'metadata'],
  create: createGroup,
  update: updateGroup,
  remove,
};

function remove(world: V4World, call: V4Call): Answer {
  return changeOfGroup(world, call, {
    operation: 'VolumeGroupDelete',
    answerType: 'DeleteVolumeGroupApiResponse',
    fault: staleTag(world, call) ?? call.taskFault,
    run: async ({ uuid, disks }) => {
      deleteGroup(world.store, uuid);
      await dropContents(world, disks);
    },
  });
}

/** A delete needs no If-Match, and clients send one all the same (reference v4 2.3): then it has to be the right one. */
function staleTag(world: V4World, call: V4Call): TaskFault | undefined {
  if (call.headers['if-match'] === undefined) return undefined;
  return checkIfMatch(world, call, groupTag(world, existingGroup(world, call)));
}

function groupListing(world: V4World, { version }: V4Call): Listing<VolumeGroupRecord> {
  return {
    filterable: { name: 'text', extId: 'text', clusterReference: 'text' },
    orderable: ['name'],
    quickly: {
      name: ({ name }) => name,
      extId: ({ uuid }) => uuid,
      clusterReference: ({ clusterUuid }) => clusterUuid,
    },
    expandable: {
      cluster: (group) => groupClusterView(world, group),
      metadata: (group) => groupMetadataView(world, group),
    },
    view: (group) => groupView(world, version.minor, group),
  };
}

/** What `$expand` of one group adds to it. */
function expandedGroup(world: V4World, group: VolumeGroupRecord, call: V4Call): Record<string, unknown> {
  const listing = groupListing(world, call);
  const { expandable = {} } = listing;
  const names = (call.query.get('$expand') ?? '').split(',').filter((name) => name !== '');
  const additions = names.map((name) => {
    if (Object.hasOwn(expandable, name)) return expandable[name]?.(group);
    const message = `"${name}" cannot be expanded.`;
    throw schemaRejection(world, call, [{ location: '@query', message }]);
  });
  return additions.reduce<Record<string, unknown>>((data, added) => ({ ...data, ...added }), {
    ...listing.view(group),
  });
}

function createGroup(world: V4World, call: V4Call): Answer {
  const input = requestBody(world, call, newGroupBody);
  const wanted = newGroupOf(input, randomUUID);
  try {
    checkDataSources(wanted.disks);
  } catch (error) {
    throw volumeRejection(error, call.namespace);
  }
  return ordered(world, call, volumeType('CreateVolumeGroupApiResponse'), () => {
    const entity = newEntityOf(world, call, input);
    return {
      operation: 'VolumeGroupCreate',
      entities: [{ kind, uuid: entity.uuid, name: entity.name }],
      lane: entity.uuid,
      run: (task) =>
        inVolumeWords(async () => {
          const group = newVolumeGroup(world.store, entity, wanted);
          await fillDisks(world, group.disks);
          world.store.volumeGroups.put(group);
          task.clusterUuid = group.clusterUuid;
          task.entities.push(...group.disks.map(({ uuid }) => ({ kind: 'volume_disk', uuid })));
          task.outcome.push({ name: 'volumeGroupExtId', value: group.uuid });
        }),
    };
  });
}

function newEntityOf(world: V4World, { user }: V4Call, input: NewGroupBody): EntityRecord {
  const owner = { uuid: user.uuid, name: user.username };
  return {
    ...pendingRecord({ uuid: randomUUID(), name: input.name, owner, now: world.time.now() }),
    description: input.description,
    state: 'COMPLETE',
    usesCategoriesMapping: true,
    projectUuid: input.projectExtId,
  };
}

/** PUT: the name stays when none is given, the description does not; disks and attachments have calls of their own. */
function updateGroup(world: V4World, call: V4Call): Answer {
  const tag = groupTag(world, existingGroup(world, call));
  const input = requestBody(world, call, groupChangeBody);
  return changeOfGroup(world, call, {
    operation: 'VolumeGroupUpdate',
    answerType: 'UpdateVolumeGroupApiResponse',
    fault: checkIfMatch(world, call, tag) ?? call.taskFault,
    run: (group) => {
      changeGroup(world.store, group, {
        ...groupOptionsOf(input),
        clusterUuid: input.clusterReference,
        targetName: input.targetName,
      });
      group.name = input.name ?? group.name;
      group.description = input.description;
      group.projectUuid = input.projectExtId ?? group.projectUuid;
    },
  });
}
