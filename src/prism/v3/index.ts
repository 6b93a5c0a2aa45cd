import type { ApiVersion } from '../shared/index.js';
import { readErrorBody } from './error-body.js';
import { createV3Provider } from './provider.js';

/** The intent API, `/api/nutanix/v3`. */
export const v3: ApiVersion = { readErrorBody, createProvider: createV3Provider };
