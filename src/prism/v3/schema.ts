import { z } from 'zod';
import { lenient } from '../shared/index.js';

export { decode, isUuid, lenient, rawObject, type RawObject } from '../shared/index.js';

export const reference = z.looseObject({ uuid: lenient(z.string()), name: lenient(z.string()) });
