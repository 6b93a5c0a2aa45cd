import type { ApiVersion } from '../shared/index.js';
import { createV4Provider } from './provider.js';

/** The APIs of Prism Central by namespace, `/api/{namespace}/v4.N`. */
export const v4: ApiVersion = { createProvider: createV4Provider };
