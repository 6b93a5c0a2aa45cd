/** API v3 (the intent API) of Prism Central: its row in the table of src/simulator/apis.ts. */
import type { ApiVersion } from '../http/api.js';
import { errorAnswers } from './error-body.js';
import { recordedTimes } from './recorded-times.js';
import { routesOfV3 } from './routes.js';

export { stateOfVersion2 } from './state-version-2.js';

export const v3: ApiVersion = {
  basePath: '/api/nutanix/v3',
  errors: errorAnswers,
  recordedTimes,
  routes: routesOfV3,
};
