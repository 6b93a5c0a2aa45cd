import { z } from 'zod';
import { maybe } from '../shared/index.js';

/** How one entity of API v3 names another. */
export const reference = z.looseObject({ uuid: maybe.text, name: maybe.text });
