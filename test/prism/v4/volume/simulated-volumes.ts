import { createPrismVolumes } from '../../../../src/prism/index.js';
import type { NewVolume, Notes, VolumePlacement, Volumes } from '../../../../src/provider/index.js';
import { PRESET, type Simulator } from '../../../../src/simulator/index.js';
import { silentLogger, type Clock, type Logger } from '../../../../src/support/index.js';
import { hasty } from '../../simulated.js';

export interface VolumesChoice {
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly api?: 'auto' | 'v3' | 'v4';
  /** What is known of the server before the first request. */
  readonly spokenApi?: string;
}

/** Ports of volumes that speak to simulators; `stop` gives their connections back. */
export function volumesPorts(): {
  readonly to: (simulator: Simulator, choice?: VolumesChoice) => Volumes & Notes;
  readonly stop: () => Promise<void>;
} {
  const opened: (Volumes & Notes)[] = [];
  return {
    to: ({ host, port, fingerprint, username, password }, choice = {}) => {
      const { logger = silentLogger, clock = hasty, api = 'auto', spokenApi } = choice;
      const connection = {
        host,
        port,
        credentials: { kind: 'password', username, password },
        trust: { kind: 'fingerprint', sha256: fingerprint },
        api,
      } as const;
      const settingNames = { fingerprint: '', authorities: '', insecure: '', proxy: '', api: 'prism.api' };
      const dependencies = { logger, clock, userAgent: 'test-volume/1', spokenApi, settingNames };
      const volumes = createPrismVolumes(connection, dependencies);
      opened.push(volumes);
      return volumes;
    },
    stop: async () => {
      for (const volumes of opened.splice(0)) await volumes.close();
    },
  };
}

export const GIB = 1024 ** 3;

export const placement: VolumePlacement = {
  cluster: { id: PRESET.cluster.uuid, name: PRESET.cluster.name },
  storageContainer: { id: PRESET.defaultContainer.uuid, name: PRESET.defaultContainer.name },
};

export function newVolume(name: string, changed: Partial<NewVolume> = {}): NewVolume {
  return { name, description: 'for a test', sizeBytes: GIB, placement, ...changed };
}
