import { LONGEST_USER_DATA, portMethodsOf, type ApiParts, type PrismProvider } from '../shared/index.js';
import { V3Api } from './api.js';
import { issueToken } from './reservation.js';
import { resolvePlacement } from './lookup/resolve.js';
import { createVm } from './vm/create.js';
import { findVm } from './vm/find.js';
import { listOwned, readOwned } from './vm/list-owned.js';
import { requestReboot, requestShutdown, reset } from './vm/power-actions.js';
import { powerOff, powerOn } from './vm/power-state.js';
import { removeVm } from './vm/remove.js';
import { resizeVm } from './vm/resize.js';

/** The port, spoken to a Prism Central through its v3 API. Keeps nothing but a session and its connections. */
export function createV3Provider({ http, ...tools }: ApiParts): PrismProvider {
  const api = new V3Api(http);
  const method = portMethodsOf({ ...tools, api, creating: new Map<string, string>() });
  return {
    longestUserData: LONGEST_USER_DATA,
    spokenApi: 'v3',
    /** Only container guests have a real engine. */
    get runsContainers() {
      return api.simulatedGuests === undefined ? undefined : api.simulatedGuests === 'container';
    },
    resolve: method('look up what the VM refers to', resolvePlacement),
    issueCreationToken: method('reserve the identity of a VM', issueToken),
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
