import type { World } from '../core/world.js';
import { EntityTags } from './precondition/entity-tag.js';
import { RequestIds } from './precondition/request-id.js';
import { servedVersions, type ServedVersions } from './versions.js';

/** The world as the routes of this API have it: with what only this API remembers. */
export interface V4World extends World {
  readonly served: ServedVersions;
  readonly requestIds: RequestIds;
  readonly tags: EntityTags;
}

export function worldOfV4(world: World): V4World {
  return {
    ...world,
    served: servedVersions(world.version),
    requestIds: new RequestIds(world),
    tags: new EntityTags(world.store),
  };
}
