import { volumePortMethods, type VolumeMethods, type Volumes } from '../provider/index.js';

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
    ...volumePortMethods((name) => async (...args) => {
      const volumes: VolumeMethods = await loaded();
      return await volumes[name](...args);
    }),
    close: async () => {
      await loading?.then(
        async (volumes) => await volumes.close(),
        () => undefined,
      );
    },
  };
}
