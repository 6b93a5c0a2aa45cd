import { volumesPort, type Volumes } from '../../../provider/index.js';
import { SpokenVersions } from '../../discovery/index.js';
import { portOf, type ApiParts } from '../../shared/index.js';
import { V4Api } from '../api.js';
import type { KnownCreate, V4Backend } from '../backend.js';
import * as methods from './methods.js';

/** The port of volumes, spoken to a Prism Central through its v4 APIs. */
export function createV4Volumes({ http, spokenApi, ...tools }: ApiParts): Volumes {
  const versions = SpokenVersions.parse(spokenApi ?? '') ?? SpokenVersions.newest();
  const api = new V4Api(http, versions);
  const backend: V4Backend = { ...tools, api, creates: new Map<string, KnownCreate>() };
  return {
    ...portOf(volumesPort, backend, methods),
    close: async () => {
      await Promise.resolve();
      api.close();
    },
  };
}
