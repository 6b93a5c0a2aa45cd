import { join } from 'node:path';
import type { MachineStore } from '../store/machine-store.js';
import { waitForLock } from '../../process/index.js';
import { type Clock, isThere } from '../../support/index.js';
import type { MachineClient, RunOptions } from './machine-client.js';

const FILES = ['ca.pem', 'ca-key.pem', 'cert.pem', 'key.pem'];
const MACHINE = 'nutanix-hosts-certificates';

/**
 * The client makes its certificates at its first create; several first creates overwrite each other's, and
 * hosts are then made that cannot be reached. So a machine of the driver `none` makes them first, alone: it
 * makes them and nothing else. Resolves with false when they were there.
 */
export async function ensureCertificates(
  client: MachineClient,
  store: MachineStore,
  clock: Clock,
  options: RunOptions,
): Promise<boolean> {
  if (await complete(store)) return false;
  const path = join(store.folder, 'fleets', 'certificates.lock');
  // Another fleet in the same store may be at it.
  const wait = { clock, signal: options.signal };
  const lock = await waitForLock(path, 'making certificates', 'the certificates of this store', wait);
  try {
    if (await complete(store)) return false;
    const attempted = "make the client's certificates";
    if ((await store.names()).has(MACHINE)) await client.require(['rm', '-y', MACHINE], attempted, options);
    const create = ['create', '-d', 'none', '--url', 'tcp://127.0.0.1:2376', MACHINE];
    await client.require(create, attempted, options);
    await client.require(['rm', '-y', MACHINE], attempted, options);
    return true;
  } finally {
    await lock.release();
  }
}

async function complete(store: MachineStore): Promise<boolean> {
  const each = FILES.map((file) => isThere(join(store.folder, 'certs', file)));
  return (await Promise.all(each)).every(Boolean);
}
