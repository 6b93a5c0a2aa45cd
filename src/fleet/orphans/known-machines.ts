import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OwnedVm } from '../../provider/index.js';
import { systemCode } from '../../support/index.js';
import { unreadableStore } from '../store/machine-store.js';

/** What a machine's config.json says about its VM: the id once there is one, the key from before it existed. */
const identityShape = z.looseObject({
  // Other drivers may keep something else under these names.
  Driver: z.looseObject({ VMId: z.string().catch(''), CreationKey: z.string().catch('') }),
});

/** The VMs that machine stores know, by identity: a name proves nothing. */
export interface KnownMachines {
  /** The machine whose VM this is. */
  machineOf(vm: OwnedVm): string | undefined;
  /** Configurations that cannot be understood: which VM they know cannot be told. */
  readonly unreadable: readonly string[];
  /** Stores without a folder for machines: perhaps the wrong place. */
  readonly missing: readonly string[];
}

/** Reads every machine of these stores. Rejects when a store is there and cannot be read. */
export async function readKnownMachines(stores: readonly string[]): Promise<KnownMachines> {
  const ids = new Map<string, string>();
  const keys = new Map<string, string>();
  const unreadable: string[] = [];
  const missing: string[] = [];
  for (const store of stores) {
    const machines = await machinesOf(store);
    if (machines === undefined) missing.push(store);
    for (const { name, path } of machines ?? []) {
      const identity = await identityIn(path);
      if (identity === 'unreadable') unreadable.push(path);
      if (typeof identity === 'string') continue;
      if (identity.VMId !== '') ids.set(identity.VMId.toLowerCase(), name);
      if (identity.CreationKey !== '') keys.set(identity.CreationKey, name);
    }
  }
  return {
    // A copy carries the key of its original, so for a copy only the id counts.
    machineOf: ({ id, creationToken, genuine }) =>
      ids.get(id.toLowerCase()) ?? (genuine ? keys.get(creationToken) : undefined),
    unreadable,
    missing,
  };
}

async function machinesOf(store: string): Promise<{ name: string; path: string }[] | undefined> {
  const folder = join(store, 'machines');
  try {
    const names = await readdir(folder);
    return names.map((name) => ({ name, path: join(folder, name, 'config.json') }));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    const advice = 'Which VMs it knows has to be certain before any counts as forgotten.';
    throw unreadableStore(folder, advice, error);
  }
}

type Identity = z.output<typeof identityShape>['Driver'];

/** The client saves a machine's configuration before its VM is made: without one there is no VM. */
async function identityIn(path: string): Promise<Identity | 'none' | 'unreadable'> {
  try {
    return identityShape.parse(JSON.parse(await readFile(path, 'utf8'))).Driver;
  } catch (error) {
    const code = systemCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'none' : 'unreadable';
  }
}
