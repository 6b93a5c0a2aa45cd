import { z } from 'zod';
import type { CallContext, GpuChoice, Reference } from '../../../provider/index.js';
import { lenient, maybe, notFound, unusable, type Attempt, type Wanted } from '../../shared/index.js';
import type { V4Api } from '../api.js';
import { listAll } from '../list.js';

const profile = z.looseObject({
  deviceName: maybe.text,
  deviceId: maybe.number,
  vendorName: maybe.text,
  type: maybe.text,
  mode: maybe.text,
  isInUse: maybe.flag,
  assignable: maybe.number,
});
const item = z.looseObject({ physicalGpuConfig: lenient(profile), virtualGpuConfig: lenient(profile) });

interface GpuProfile extends GpuChoice {
  /** How many of it can be given to a VM now. */
  readonly free: number;
}

/**
 * GPUs for one VM, counted. The lists of a cluster tell devices by profile and not by hypervisor host, so that all are on
 * one host is only known to the create (reference v4 5).
 */
export async function findGpus(
  api: V4Api,
  names: readonly string[],
  cluster: Reference | undefined,
  { signal }: CallContext,
): Promise<readonly GpuChoice[]> {
  // Without a cluster there is no list to look at, and that it was not found is told already.
  if (names.length === 0 || cluster === undefined) return [];
  const attempt: Attempt = {
    attempted: `look up GPU ${names.map((name) => `"${name}"`).join(', ')}`,
    signal,
  };
  const lists = await Promise.all(
    ['physical', 'virtual'].map((kind) => profiles(api, `${cluster.id}/${kind}-gpu-profiles`, attempt)),
  );
  const all = lists.flat();
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) {
    const visible = all.map(({ name }) => name);
    throw notFound({ kind: 'GPU', name: unknown }, visible, ` on cluster "${cluster.name}"`);
  }
  const counts = [...new Set(names)].map((name) => ({
    name,
    wanted: names.filter((one) => one === name).length,
    free: all.filter((one) => one.name === name).reduce((sum, one) => sum + one.free, 0),
  }));
  if (counts.some(({ wanted, free }) => wanted > free)) throw tooFew(names, counts, cluster);
  return names.flatMap((name) => {
    const found = all.find((one) => one.name === name && one.free > 0);
    if (found === undefined) return [];
    const { vendor, mode, deviceId } = found;
    return [{ name, vendor, mode, deviceId }];
  });
}

async function profiles(api: V4Api, path: string, attempt: Attempt): Promise<readonly GpuProfile[]> {
  const list = { namespace: 'clustermgmt', path: `/config/clusters/${path}`, item } as const;
  const items = await listAll(api, list, attempt);
  return items.flatMap(({ physicalGpuConfig: physical, virtualGpuConfig: virtual }) => {
    const { deviceName, deviceId, vendorName, type, mode, isInUse, assignable } = physical ?? virtual ?? {};
    if (
      deviceName === undefined ||
      deviceId === undefined ||
      vendorName === undefined ||
      type === undefined
    ) {
      return [];
    }
    const divided = physical !== undefined && mode === 'USED_FOR_VIRTUAL';
    const free = divided ? 0 : (assignable ?? (isInUse === true ? 0 : 1));
    // `kNvidia` here is `NVIDIA` in a VM.
    const vendor = vendorName.replace(/^k(?=[A-Z])/, '').toUpperCase();
    return [{ name: deviceName, vendor, mode: type, deviceId, free }];
  });
}

function tooFew(
  names: readonly string[],
  counts: readonly { readonly name: string; readonly wanted: number; readonly free: number }[],
  cluster: Reference,
): Error {
  const words = counts.map(({ name, wanted, free }) => `"${name}": ${wanted} wanted, ${free} unused`);
  const wanted: Wanted = { kind: 'GPU', name: names.join(', ') };
  const problem = `cluster "${cluster.name}" does not have all of them unused (${words.join('; ')})`;
  return unusable(wanted, problem, 'Ask for fewer, or free a device.');
}
