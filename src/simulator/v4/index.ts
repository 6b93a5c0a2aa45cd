/** API v4 of Prism Central, all its namespaces and minor versions: its row in the table of src/simulator/apis.ts. */
import type { ApiVersion } from '../http/api.js';
import { headersOfV4 } from './headers.js';
import { errorAnswersOf } from './message/error.js';
import { mountsOfV4 } from './mounts.js';
import { recordedLimits } from './recorded-limits.js';
import { recordedTimes } from './recorded-times.js';
import { servedVersions } from './versions.js';

export const v4: ApiVersion = {
  name: 'v4',
  basePath: '/api',
  errors: errorAnswersOf('prism'),
  recordedTimes,
  recordedLimits,
  isServedBy: (version) => servedVersions(version).size > 0,
  headers: headersOfV4,
  mounts: mountsOfV4,
};
