import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnedVm } from '../../../src/provider/index.js';

export const NOW = new Date('2026-06-01T12:00:00Z');
export const MINUTE = 60_000;
/** Old enough for any age that a test asks for. */
export const LATE = { madeAt: new Date('2020-01-01T00:00:00Z') };

/** A VM of ours, made three hours ago, that no store knows. */
export function marked(id: string, changes: Partial<OwnedVm> = {}): OwnedVm {
  return {
    id,
    name: `vm-${id}`,
    power: 'on',
    creationToken: `key-${id}`,
    machineName: `vm-${id}`,
    origin: 'ci@runner-1',
    account: 'admin',
    madeAt: new Date(NOW.getTime() - 180 * MINUTE),
    genuine: true,
    ...changes,
  };
}

/** Machine stores in folders that vanish with `removeStores`. */
export class TemporaryStores {
  readonly #folders: string[] = [];

  /** A store with these machines: name to the text, or the Driver object, of config.json. */
  make(machines: Readonly<Record<string, string | object | undefined>> = {}): string {
    const store = mkdtempSync(join(tmpdir(), 'machine-store-'));
    this.#folders.push(store);
    mkdirSync(join(store, 'machines'));
    for (const [name, content] of Object.entries(machines)) this.add(store, name, content);
    return store;
  }

  add(store: string, name: string, content: string | object | undefined): void {
    const folder = join(store, 'machines', name);
    mkdirSync(folder);
    if (content === undefined) return;
    const text =
      typeof content === 'string' ? content : JSON.stringify({ DriverName: 'nutanix', Driver: content });
    writeFileSync(join(folder, 'config.json'), text);
  }

  remove(): void {
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true });
  }
}
