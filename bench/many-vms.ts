import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { multiplied } from './machine-store.js';
import { at, PrismClient } from './prism-client.js';
import type { SimulatorProcess } from './simulator-process.js';
import { findPlaces, vmBody } from './vm-load.js';

export interface RunningVm {
  readonly name: string;
  readonly id: string;
  readonly address: string;
}

/** How many are made at a time. */
const AT_ONCE = 50;

/** Makes VMs `m-1` … that run and have addresses; without a Docker engine. */
export async function makeVms(simulator: SimulatorProcess, count: number): Promise<readonly RunningVm[]> {
  const client = new PrismClient(simulator);
  const places = await findPlaces(client, simulator.env);
  const names = Array.from({ length: count }, (_, index) => `m-${index + 1}`);
  const waiting = [...names];
  const ids = new Map<string, string>();
  const makeOnes = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const { body } = await client.ask('POST', '/vms', vmBody(places, name, { power_state: 'ON' }));
      ids.set(name, String(at(body, 'metadata', 'uuid')));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, makeOnes));
  const running = new Map<string, RunningVm>();
  const unseen = [...names];
  const waitForAddresses = async (): Promise<void> => {
    for (let name = unseen.shift(); name !== undefined; name = unseen.shift()) {
      const id = ids.get(name) ?? '';
      while (!running.has(name)) {
        const { body } = await client.ask('GET', `/vms/${id}`);
        const address = at(body, 'status', 'resources', 'nic_list', '0', 'ip_endpoint_list', '0', 'ip');
        if (typeof address === 'string') running.set(name, { name, id, address });
        else await pause(50);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, waitForAddresses));
  client.close();
  return names.flatMap((name) => running.get(name) ?? []);
}

/** A store with a machine for each of the VMs, as copies of the machine `web-1` of `original`. */
export function storeOf(vms: readonly RunningVm[], original: string, store: string, driver: string): string {
  multiplied(original, store, vms.length, driver);
  for (const { name, id, address } of vms) {
    const path = join(store, 'machines', name, 'config.json');
    const text = readFileSync(path, 'utf8')
      .replace(/"VMId": "[^"]*"/, `"VMId": "${id}"`)
      .replace(/"IPAddress": "[^"]*"/, `"IPAddress": "${address}"`);
    writeFileSync(path, text);
  }
  return store;
}
