import { volumesPort, type Volumes } from '../provider/index.js';

/**
 * A cloud whose code is loaded by the first call that needs it: a plugin that only says what this host knows never does,
 * and is smaller by 3 MiB. A failure is not kept.
 */
export function volumesWhenNeeded(load: () => Promise<Volumes>): Volumes {
  let loading: Promise<Volumes> | undefined;
  const loaded = (): Promise<Volumes> => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return {
    ...volumesPort.through(async (work) => await work(await loaded())),
    close: async () => {
      await loading?.then(
        async (volumes) => await volumes.close(),
        () => undefined,
      );
    },
  };
}
