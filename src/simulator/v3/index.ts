/** API v3 (the intent API) of Prism Central: its row in the table of src/simulator/apis.ts. */
import type { ApiVersion } from '../http/api.js';
import { errorAnswers } from './error-body.js';
import { recordedHeaders } from './headers.js';
import { recordedTimes } from './recorded-times.js';
import { routesOfV3 } from './routes.js';

export { stateOfVersion2 } from './state-version-2.js';

const basePath = '/api/nutanix/v3';

export const v3: ApiVersion = {
  name: 'v3',
  basePath,
  errors: errorAnswers,
  recordedTimes,
  isServedBy: () => true,
  headers: recordedHeaders,
  mounts: (world, send) => [{ basePath, label: '', routes: routesOfV3(world, send), errors: errorAnswers }],
};
