import type { World } from '../core/world.js';
import { RequestValidator } from './validation/request-validator.js';

/** The world as the routes of this API have it: with the judge of its request bodies. */
export interface V3World extends World {
  readonly validator: RequestValidator;
}

/** One for all simulators of a process: reading the schema is the longest part of a start. */
const validator = new RequestValidator();

export function worldOfV3(world: World): V3World {
  return { ...world, validator };
}
