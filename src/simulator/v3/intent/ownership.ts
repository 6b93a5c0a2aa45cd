import type { Call } from '../../http/route.js';
import { Refusal } from '../../core/refusal.js';
import type { InputMetadata } from '../schema/entity-bodies.js';
import { pendingRecord, type EntityRecord } from '../../core/store/entity.js';
import type { World } from '../../core/world.js';

/** Categories as the request means them: the mapping counts only when the flag says so. */
export function requestedCategories(metadata: InputMetadata): Record<string, string[]> {
  if (metadata.use_categories_mapping === true) {
    const mapping = Object.entries(metadata.categories_mapping ?? {});
    return Object.fromEntries(mapping.map(([key, values]) => [key, [...values]]));
  }
  return Object.fromEntries(Object.entries(metadata.categories ?? {}).map(([key, value]) => [key, [value]]));
}

/** Refuses categories and projects that do not exist. */
export function checkOwnership(world: World, metadata: InputMetadata): void {
  for (const [key, values] of Object.entries(requestedCategories(metadata))) {
    for (const value of values) {
      if (world.store.categories.get(key)?.values[value] === undefined) {
        throw Refusal.notFound('category_value', `${key}:${value}`);
      }
    }
  }
  const project = metadata.project_reference?.uuid;
  if (project !== undefined && !world.store.projects.has(project)) throw Refusal.notFound('project', project);
}

/** A new record's part that every kind has. */
export function newEntity(
  world: World,
  uuid: string,
  input: {
    readonly metadata: InputMetadata;
    readonly spec: { readonly name: string; readonly description?: string };
  },
  call: Call,
): EntityRecord {
  const owner = { uuid: call.user.uuid, name: call.user.username };
  return {
    ...pendingRecord({ uuid, name: input.spec.name, owner, now: world.time.now() }),
    description: input.spec.description,
    categories: requestedCategories(input.metadata),
    usesCategoriesMapping: input.metadata.use_categories_mapping === true,
    projectUuid: input.metadata.project_reference?.uuid ?? defaultProject(world),
  };
}

function defaultProject(world: World): string | undefined {
  return world.store.projects.find((project) => project.isDefault)?.uuid;
}
