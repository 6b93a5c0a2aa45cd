import { createHttpClient } from '../../../src/prism/http/index.js';
import { V3Api } from '../../../src/prism/v3/api.js';
import type { V3Backend } from '../../../src/prism/v3/backend.js';
import { readErrorBody } from '../../../src/prism/shared/index.js';
import { connectionTo, FastClock, KeptLog } from '../fixtures.js';
import { ScriptedPrism } from '../scripted-prism.js';

export interface Scene {
  readonly prism: ScriptedPrism;
  readonly backend: V3Backend;
  readonly clock: FastClock;
  readonly log: KeptLog;
}

/** Starts scripted servers with a backend for each, without any jitter; `stop` ends them all. */
export function scriptedBackend(): { start: () => Promise<Scene>; stop: () => Promise<void> } {
  const scenes: Scene[] = [];
  return {
    start: async () => {
      const prism = await ScriptedPrism.start();
      const clock = new FastClock();
      const log = new KeptLog();
      const random = (): number => 0.5;
      const tools = { logger: log, clock, userAgent: 'test-driver/1', readErrorBody, random };
      const api = new V3Api(createHttpClient(connectionTo(prism), tools));
      const backend = {
        api,
        clock,
        logger: log,
        random,
        product: 'test-driver',
        creating: new Map<string, string>(),
        namePatterns: { areRead: undefined },
      };
      scenes.push({ prism, backend, clock, log });
      return { prism, backend, clock, log };
    },
    stop: async () => {
      for (const { prism, backend } of scenes.splice(0)) {
        backend.api.close();
        await prism.close();
      }
    },
  };
}
