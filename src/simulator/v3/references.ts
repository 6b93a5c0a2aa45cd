import type { EntityRecord, Reference } from '../core/store/entity.js';
import { timestamp } from '../core/time.js';
import type { World } from '../core/world.js';
import { messageOf } from './error-body.js';

/** Fifty zeros in every recording. */
export const SPEC_HASH = '0'.repeat(50);

/** A reference with the name that the server fills in. */
export function referenceTo(
  kind: string,
  uuid: string,
  record: { readonly name: string } | undefined,
): Reference {
  return record === undefined ? { kind, uuid } : { kind, name: record.name, uuid };
}

export function clusterReference(world: World, uuid: string): Reference {
  return referenceTo('cluster', uuid, world.store.clusters.get(uuid));
}

/** `metadata` of a GET answer, without what only some entity types have. */
export function metadataView(world: World, kind: string, record: EntityRecord): Record<string, unknown> {
  const project = record.projectUuid;
  return {
    kind,
    ...(project === undefined
      ? {}
      : { project_reference: referenceTo('project', project, world.store.projects.get(project)) }),
    uuid: record.uuid,
    spec_version: record.revision,
    categories: singleValues(record.categories),
    categories_mapping: record.categories,
    ...(record.usesCategoriesMapping ? { use_categories_mapping: true } : {}),
    creation_time: timestamp(record.createdAt),
    last_update_time: timestamp(record.updatedAt),
    owner_reference: ownerReference(record),
  };
}

/** Owners are users. */
export function ownerReference({ owner }: EntityRecord): Reference {
  return { kind: 'user', ...owner };
}

/** The older form of categories knows one value for each key. */
export function singleValues(
  categories: Readonly<Record<string, readonly string[]>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(categories).map(([key, values]) => [key, values[0] ?? '']));
}

/** `execution_context` and `message_list` as GET has them: the task is a list there. */
export function statusExtras(record: EntityRecord): Record<string, unknown> {
  return {
    ...(record.taskUuids.length === 0 ? {} : { execution_context: { task_uuid: record.taskUuids } }),
    ...(record.failure === undefined ? {} : { message_list: [messageOf(record.failure)] }),
  };
}
