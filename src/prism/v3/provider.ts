import { vmPort } from '../../provider/index.js';
import { LONGEST_USER_DATA, portOf, type ApiParts, type PrismProvider } from '../shared/index.js';
import { V3Api } from './api.js';
import * as methods from './methods.js';

/** The port, spoken to a Prism Central through its v3 API. Keeps nothing but a session and its connections. */
export function createV3Provider({ http, ...tools }: ApiParts): PrismProvider {
  const api = new V3Api(http);
  return {
    ...portOf(vmPort, { ...tools, api, creating: new Map<string, string>() }, methods),
    longestUserData: LONGEST_USER_DATA,
    spokenApi: 'v3',
    /** Only container guests have a real engine. */
    get runsContainers() {
      return api.simulatedGuests === undefined ? undefined : api.simulatedGuests === 'container';
    },
    close: () => {
      api.close();
      return Promise.resolve();
    },
  };
}
