import { z } from 'zod';
import { lenient } from '../shared/index.js';

/** How one entity of API v3 names another. */
export const reference = z.looseObject({ uuid: lenient(z.string()), name: lenient(z.string()) });
