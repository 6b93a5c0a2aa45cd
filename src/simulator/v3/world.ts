import type { World } from '../core/world.js';
import { RequestValidator } from './validation/request-validator.js';

/** The world as the routes of this API have it: with the judge of its request bodies. */
export interface V3World extends World {
  readonly validator: RequestValidator;
}

export function worldOfV3(world: World): V3World {
  return { ...world, validator: new RequestValidator() };
}
