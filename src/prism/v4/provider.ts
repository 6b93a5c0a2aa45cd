import { vmPort } from '../../provider/index.js';
import { SpokenVersions } from '../discovery/index.js';
import { LONGEST_USER_DATA, portOf, type ApiParts, type PrismProvider } from '../shared/index.js';
import { V4Api } from './api.js';
import type { KnownCreate } from './backend.js';
import { ensureCategory, removeCategory } from './categories.js';
import { projectShortcoming } from './lookup/project.js';
import { listOffers } from './lookup/offers.js';
import { resolvePlacement } from './lookup/resolve.js';
import { findNote, putNote, removeNote } from './notes.js';
import { createVm, issueToken } from './vm/create.js';
import { findVm } from './vm/find.js';
import { listCategorized, listOwned, readOwned } from './vm/list-owned.js';
import { powerOff, powerOn, requestReboot, requestShutdown, reset } from './vm/power.js';
import { removeVm } from './vm/remove.js';
import { resizeVm } from './vm/resize.js';

/** What this API does for each method of the port. */
const OPERATIONS_ON_VMS = {
  resolve: resolvePlacement,
  create: createVm,
  issueCreationToken: issueToken,
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
  powerOff,
  powerOn,
  requestReboot,
  requestShutdown,
  reset,
  remove: removeVm,
  resize: resizeVm,
};

/** The port, spoken to a Prism Central through its v4 APIs. Keeps nothing but a session and its connections. */
export function createV4Provider({ http, spokenApi, ...tools }: ApiParts): PrismProvider {
  const versions = SpokenVersions.parse(spokenApi ?? '') ?? SpokenVersions.newest();
  const api = new V4Api(http, versions);
  return {
    ...portOf(vmPort, { ...tools, api, creates: new Map<string, KnownCreate>() }, OPERATIONS_ON_VMS),
    longestUserData: LONGEST_USER_DATA,
    get userDataForm() {
      return versions.userDataForm;
    },
    /** Only container guests have a real engine. */
    get runsContainers() {
      return api.simulatedGuests === undefined ? undefined : api.simulatedGuests === 'container';
    },
    get spokenApi() {
      return api.spokenApi;
    },
    shortcomingFor: ({ project }) => projectShortcoming(api, project),
    close: () => {
      api.close();
      return Promise.resolve();
    },
  };
}
