import { SpokenVersions } from '../discovery/index.js';
import { portMethodsOf, type ApiParts, type PrismProvider } from '../shared/index.js';
import { V4Api } from './api.js';
import { resolvePlacement } from './lookup/resolve.js';
import { notYet } from './unsupported.js';

/** The port, spoken to a Prism Central through its v4 APIs. Keeps nothing but a session and its connections. */
export function createV4Provider({ http, spokenApi, ...tools }: ApiParts): PrismProvider {
  const versions = SpokenVersions.parse(spokenApi ?? '') ?? SpokenVersions.newest();
  const api = new V4Api(http, versions);
  const method = portMethodsOf({ ...tools, api, creating: new Map<string, string>() });
  return {
    longestUserData: undefined,
    /** Only container guests have a real engine. */
    get runsContainers() {
      return api.simulatedGuests === undefined ? undefined : api.simulatedGuests === 'container';
    },
    get spokenApi() {
      return api.spokenApi;
    },
    resolve: method('look up what the VM refers to', resolvePlacement),
    issueCreationToken: method('fix the identity of a VM', notYet('fix the identity of a VM')),
    create: method('create the VM', notYet('create the VM')),
    find: method('look up the VM', notYet('look up the VM')),
    powerOn: method('power on the VM', notYet('power on the VM')),
    requestShutdown: method('ask the VM to shut down', notYet('ask the VM to shut down')),
    requestReboot: method('ask the VM to restart', notYet('ask the VM to restart')),
    powerOff: method('power off the VM', notYet('power off the VM')),
    reset: method('reset the VM', notYet('reset the VM')),
    resize: method('change CPU and memory of the VM', notYet('change CPU and memory of the VM')),
    remove: method('delete the VM', notYet('delete the VM')),
    listOwned: method('list the VMs with our ownership tag', notYet('list the VMs with our ownership tag')),
    readOwned: method('look up a VM with our ownership tag', notYet('look up a VM with our ownership tag')),
    close: () => {
      api.close();
      return Promise.resolve();
    },
  };
}
