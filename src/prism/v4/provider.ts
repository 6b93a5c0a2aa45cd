import { SpokenVersions } from '../discovery/index.js';
import { LONGEST_USER_DATA, portMethodsOf, type ApiParts, type PrismProvider } from '../shared/index.js';
import { V4Api } from './api.js';
import type { KnownCreate } from './backend.js';
import { projectShortcoming } from './lookup/project.js';
import { resolvePlacement } from './lookup/resolve.js';
import { createVm, issueToken } from './vm/create.js';
import { findVm } from './vm/find.js';
import { listOwned, readOwned } from './vm/list-owned.js';
import { powerOff, powerOn, requestReboot, requestShutdown, reset } from './vm/power.js';
import { removeVm } from './vm/remove.js';
import { resizeVm } from './vm/resize.js';

/** The port, spoken to a Prism Central through its v4 APIs. Keeps nothing but a session and its connections. */
export function createV4Provider({ http, spokenApi, ...tools }: ApiParts): PrismProvider {
  const versions = SpokenVersions.parse(spokenApi ?? '') ?? SpokenVersions.newest();
  const api = new V4Api(http, versions);
  const method = portMethodsOf({ ...tools, api, creates: new Map<string, KnownCreate>() });
  return {
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
    resolve: method('look up what the VM refers to', resolvePlacement),
    issueCreationToken: method('fix the identity of a VM', issueToken),
    create: method('create the VM', createVm),
    find: method('look up the VM', findVm),
    powerOn: method('power on the VM', powerOn),
    requestShutdown: method('ask the VM to shut down', requestShutdown),
    requestReboot: method('ask the VM to restart', requestReboot),
    powerOff: method('power off the VM', powerOff),
    reset: method('reset the VM', reset),
    resize: method('change CPU and memory of the VM', resizeVm),
    remove: method('delete the VM', removeVm),
    listOwned: method('list the VMs with our ownership tag', listOwned),
    readOwned: method('look up a VM with our ownership tag', readOwned),
    close: () => {
      api.close();
      return Promise.resolve();
    },
  };
}
