import type { ApiVersion } from '../shared/index.js';
import { createV3Provider } from './provider.js';

/** The intent API, `/api/nutanix/v3`. */
export const v3: ApiVersion = { createProvider: createV3Provider };
