import { volumesPort, type Notes, type Volumes } from '../provider/index.js';

/** Something that the first call opens which needs it. A failure is not kept: the next call tries again. */
export class WhenNeeded<T extends { close(): Promise<void> }> {
  readonly #open: () => Promise<T>;
  #opening: Promise<T> | undefined;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  get(): Promise<T> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** Closes it if it was opened. */
  async close(): Promise<void> {
    await this.#opening?.then(
      async (opened) => await opened.close(),
      () => undefined,
    );
  }
}

/**
 * A cloud whose code is loaded by the first call that needs it: a plugin that only says what this host knows never does,
 * and is smaller by 3 MiB.
 */
export function volumesWhenNeeded(load: () => Promise<Volumes & Notes>): Volumes & Notes {
  const cloud = new WhenNeeded(load);
  return {
    ...volumesPort.through(async (work) => await work(await cloud.get())),
    close: async () => await cloud.close(),
  };
}
