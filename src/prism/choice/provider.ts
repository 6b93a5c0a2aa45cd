import { vmPort } from '../../provider/index.js';
import { LONGEST_USER_DATA, type PrismProvider } from '../shared/index.js';
import { ApiChooser, type ChooserParts } from './chooser.js';

/** The port, spoken in whichever API the server has; which one is found out at the first call. */
export function createChoosingProvider(parts: ChooserParts): PrismProvider {
  const chooser = new ApiChooser(parts);
  return {
    ...vmPort.through(async (work, context) => await chooser.run(work, context)),
    resolve: async (request, context) => await chooser.resolve(request, context),
    longestUserData: LONGEST_USER_DATA,
    get userDataForm() {
      return chooser.userDataForm;
    },
    get runsContainers() {
      return chooser.provider?.runsContainers;
    },
    get spokenApi() {
      return chooser.spokenApi;
    },
    close: () => {
      parts.parts.http.close();
      return Promise.resolve();
    },
  };
}
