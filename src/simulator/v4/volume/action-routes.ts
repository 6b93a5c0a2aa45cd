import { carriedCategories, categoryIds, categoryPair, type CategoryPair } from '../../core/categories.js';
import type { VolumeGroupRecord } from '../../core/store/volume-records.js';
import { existing, revertContents, revertGroup } from '../../core/volume/index.js';
import type { Answer } from '../../http/route.js';
import { answeredList } from '../listing/index.js';
import { entityAnswer } from '../message/answer.js';
import { requestBody } from '../message/request-body.js';
import { typed } from '../message/typed.js';
import type { V4Call, V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { groupCategoriesBody, revertBody } from './bodies.js';
import { changeOfGroup, existingGroup } from './changes.js';
import { GROUP_PATH } from './group-routes.js';
import { volumeType } from './views.js';

const kind = 'volume_group';

/** What a group belongs to, and how it was earlier. */
export function groupActionRoutes(world: V4World): V4Route[] {
  return [
    {
      method: 'POST',
      path: `${GROUP_PATH}/$actions/associate-category`,
      kind,
      handle: (call) => changeCategories(world, call, 'Associate'),
    },
    {
      method: 'POST',
      path: `${GROUP_PATH}/$actions/disassociate-category`,
      kind,
      handle: (call) => changeCategories(world, call, 'Disassociate'),
    },
    { method: 'POST', path: `${GROUP_PATH}/$actions/revert`, kind, handle: (call) => revert(world, call) },
    {
      method: 'GET',
      path: `${GROUP_PATH}/category-associations`,
      kind,
      handle: (call) =>
        answeredList(world, call, {
          type: volumeType('ListCategoryAssociationsApiResponse'),
          listing: {
            filterable: {},
            orderable: [],
            view: (extId: string) =>
              typed(world.served, volumeType('CategoryDetails'), { extId, entityType: 'CATEGORY' }),
          },
          records: categoryIds(world.store, existingGroup(world, call)),
        }),
    },
    {
      method: 'GET',
      path: `${GROUP_PATH}/metadata`,
      kind,
      handle: (call) =>
        entityAnswer(world, call, {
          type: volumeType('GetVolumeGroupMetadataApiResponse'),
          data: metadataView(world, existingGroup(world, call)),
        }),
    },
  ];
}

function metadataView({ served, store }: V4World, group: VolumeGroupRecord): Record<string, unknown> {
  const { owner, projectUuid } = group;
  return typed(served, 'common.v1.config.Metadata', {
    ownerReferenceId: owner.uuid,
    ownerUserName: owner.name,
    projectReferenceId: projectUuid,
    projectName: projectUuid === undefined ? undefined : store.projects.get(projectUuid)?.name,
    categoryIds: categoryIds(store, group),
  });
}

function changeCategories(world: V4World, call: V4Call, change: 'Associate' | 'Disassociate'): Answer {
  const { categories } = requestBody(world, call, groupCategoriesBody);
  const { store } = world;
  return changeOfGroup(world, call, {
    operation: `VolumeGroup${change}Category`,
    answerType: `${change}CategoryApiResponse`,
    entities: categories.map(({ extId }) => ({ kind: 'category', uuid: extId })),
    run: (group) => {
      const ids = { get: (id: string): CategoryPair | undefined => categoryPair(store, id) };
      const named = categories.map(({ extId }) => existing(ids, 'category', extId));
      const carried = categoryIds(store, group).flatMap((id) => categoryPair(store, id) ?? []);
      const isNamed = ({ key, value }: CategoryPair): boolean =>
        named.some((one) => one.key === key && one.value === value);
      const others = carried.filter((pair) => !isNamed(pair));
      group.categories = carriedCategories(change === 'Associate' ? [...others, ...named] : others);
    },
  });
}

function revert(world: V4World, call: V4Call): Answer {
  const { volumeGroupRecoveryPointExtId: pointUuid } = requestBody(world, call, revertBody);
  return changeOfGroup(world, call, {
    operation: 'VolumeGroupRevert',
    answerType: 'RevertVolumeGroupApiResponse',
    run: async (group) => {
      const before = group.disks;
      const point = revertGroup(world.store, group, pointUuid.toLowerCase());
      await revertContents(world, point, before);
    },
  });
}
