import { vmPort } from '../../provider/index.js';
import { LONGEST_USER_DATA, portOf, type ApiParts, type PrismProvider } from '../shared/index.js';
import { V3Api } from './api.js';
import type { V3Backend } from './backend.js';
import { ensureCategory, removeCategory } from './categories.js';
import { listOffers } from './lookup/offers.js';
import { resolvePlacement } from './lookup/resolve.js';
import { findNote, putNote, removeNote } from './notes.js';
import { issueToken } from './reservation.js';
import { createVm } from './vm/create.js';
import { findVm } from './vm/find.js';
import { listCategorized, listOwned, readOwned } from './vm/list-owned.js';
import { requestReboot, requestShutdown, reset } from './vm/power-actions.js';
import { powerOff, powerOn } from './vm/power-state.js';
import { removeVm } from './vm/remove.js';
import { resizeVm } from './vm/resize.js';

/** What this API does for each method of the port. */
const OPERATIONS_ON_VMS = {
  resolve: resolvePlacement,
  issueCreationToken: issueToken,
  create: createVm,
  find: findVm,
  findNote,
  putNote,
  removeNote,
  ensureCategory,
  removeCategory,
  listOffers,
  listCategorized,
  listOwned,
  readOwned,
  requestReboot,
  requestShutdown,
  reset,
  powerOff,
  powerOn,
  remove: removeVm,
  resize: resizeVm,
};

/** The port, spoken to a Prism Central through its v3 API. Keeps nothing but a session and its connections. */
export function createV3Provider({ http, ...tools }: ApiParts): PrismProvider {
  const api = new V3Api(http);
  const namePatterns = { areRead: undefined };
  const backend: V3Backend = { ...tools, api, creating: new Map(), namePatterns };
  return {
    ...portOf(vmPort, backend, OPERATIONS_ON_VMS),
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
