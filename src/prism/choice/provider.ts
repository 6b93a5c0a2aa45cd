import type { CallContext } from '../../provider/index.js';
import { LONGEST_USER_DATA, type PrismProvider } from '../shared/index.js';
import { ApiChooser, type ChooserParts } from './chooser.js';

/** The port, spoken in whichever API the server has; which one is found out at the first call. */
export function createChoosingProvider(parts: ChooserParts): PrismProvider {
  const chooser = new ApiChooser(parts);
  const method =
    <A extends readonly unknown[], R>(
      call: (provider: PrismProvider, ...args: [...A, CallContext]) => Promise<R>,
    ) =>
    async (...args: [...A, CallContext]): Promise<R> =>
      await chooser.run(async (provider) => await call(provider, ...args), contextOf(args));
  return {
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
    resolve: async (request, context) => await chooser.resolve(request, context),
    issueCreationToken: method((provider, ...args) => provider.issueCreationToken(...args)),
    create: method((provider, ...args) => provider.create(...args)),
    find: method((provider, ...args) => provider.find(...args)),
    powerOn: method((provider, ...args) => provider.powerOn(...args)),
    requestShutdown: method((provider, ...args) => provider.requestShutdown(...args)),
    requestReboot: method((provider, ...args) => provider.requestReboot(...args)),
    powerOff: method((provider, ...args) => provider.powerOff(...args)),
    reset: method((provider, ...args) => provider.reset(...args)),
    resize: method((provider, ...args) => provider.resize(...args)),
    remove: method((provider, ...args) => provider.remove(...args)),
    listOwned: method((provider, ...args) => provider.listOwned(...args)),
    readOwned: method((provider, ...args) => provider.readOwned(...args)),
    close: () => {
      parts.parts.http.close();
      return Promise.resolve();
    },
  };
}

function contextOf(args: readonly [...unknown[], CallContext]): CallContext {
  return args[args.length - 1] as CallContext;
}
