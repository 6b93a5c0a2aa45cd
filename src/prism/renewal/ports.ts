import { vmPort, volumesPort, type Notes, type Volumes } from '../../provider/index.js';
import type { PrismProvider } from '../shared/index.js';
import { Renewal, type RenewalParts } from './renewal.js';

export type { RenewalParts };

/** The port of VMs on connections that are made anew when one is refused. */
export function renewedProvider(parts: RenewalParts<PrismProvider>): PrismProvider {
  const renewal = new Renewal(parts);
  return {
    ...vmPort.through(async (work, context) => await renewal.run(work, context)),
    get longestUserData() {
      return renewal.port.longestUserData;
    },
    get userDataForm() {
      return renewal.port.userDataForm;
    },
    get runsContainers() {
      return renewal.port.runsContainers;
    },
    get spokenApi() {
      return renewal.port.spokenApi;
    },
    close: async () => await renewal.close(),
  };
}

/** The port of volumes alike. */
export function renewedVolumes(parts: RenewalParts<Volumes & Notes>): Volumes & Notes {
  const renewal = new Renewal(parts);
  return {
    ...volumesPort.through(async (work, context) => await renewal.run(work, context)),
    close: async () => await renewal.close(),
  };
}
