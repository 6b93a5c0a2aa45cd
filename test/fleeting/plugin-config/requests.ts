import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectorSettings } from '../../../src/fleeting/index.js';
import { readGroupSettings, type GroupSettings } from '../../../src/fleeting/plugin-config/index.js';
import { NO_CONNECTOR } from '../no-connector.js';

/** The least that a group needs. */
export const LEAST = {
  name: 'ci',
  max_size: 5,
  endpoint: 'prism.example',
  username: 'ci',
  password: 'a-secret-of-prism',
  cluster: 'prod',
  vm_image: 'debian-12',
  vm_network: ['vlan-120'],
} as const;

export function bytesOf(config: unknown): Uint8Array {
  return new TextEncoder().encode(typeof config === 'string' ? config : JSON.stringify(config));
}

export interface Asked {
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly connector?: Partial<ConnectorSettings> | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** The settings of the least group with changes; a key of the value undefined is left out. */
export async function settingsOf({ config, connector, environment }: Asked): Promise<GroupSettings> {
  return await readGroupSettings(
    bytesOf({ ...LEAST, ...config }),
    { ...NO_CONNECTOR, ...connector },
    { environment: { HOME: '/home/runner', ...environment }, warn: () => undefined },
  );
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fleeting-'));
}
