import { z } from 'zod';
import type { CallContext, GpuChoice, Reference } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import type { Entity } from '../envelope.js';
import { listAll } from '../list.js';
import { lenient, maybe, notFound, unusable, type Wanted } from '../../shared/index.js';

const hostResources = z.looseObject({
  gpu_list: lenient(
    z.array(
      z.looseObject({
        name: maybe.text,
        vendor: maybe.text,
        mode: maybe.text,
        device_id: maybe.number,
        status: maybe.text,
        assignable: maybe.flag,
      }),
    ),
  ),
});

interface Gpu extends GpuChoice {
  readonly free: boolean;
}

/**
 * GPUs for one VM, counted: every entry takes a device of its own, and all must be on one hypervisor host, since
 * a VM runs on one. Only unused devices of the target cluster count (reference 4.6).
 */
export async function findGpus(
  { api }: V3Backend,
  names: readonly string[],
  cluster: Reference | undefined,
  { signal }: CallContext,
): Promise<readonly GpuChoice[]> {
  if (names.length === 0) return [];
  const attempted = `look up GPU ${names.map((name) => `"${name}"`).join(', ')}`;
  const hosts = await listAll(api, 'host', undefined, { attempted, signal });
  const here = hosts.filter(
    (host) => cluster === undefined || host.status?.cluster_reference?.uuid === cluster.id,
  );
  const gpusByHost = here.map(gpusOf);
  for (const gpus of gpusByHost) {
    const chosen = choose(names, gpus);
    if (chosen !== undefined) return chosen;
  }
  throw whyNot(names, gpusByHost.flat(), cluster);
}

function gpusOf({ status }: Entity): readonly Gpu[] {
  const { gpu_list: list } = hostResources.safeParse(status?.resources).data ?? {};
  return (list ?? []).flatMap(({ name, vendor, mode, device_id: deviceId, status: use, assignable }) => {
    if (name === undefined || vendor === undefined || mode === undefined || deviceId === undefined) return [];
    return [{ name, vendor, mode, deviceId, free: use === 'UNUSED' && assignable !== false }];
  });
}

function choose(names: readonly string[], gpus: readonly Gpu[]): readonly GpuChoice[] | undefined {
  const left = gpus.filter(({ free }) => free);
  const chosen: GpuChoice[] = [];
  for (const wanted of names) {
    const index = left.findIndex(({ name }) => name === wanted);
    const [gpu] = index === -1 ? [] : left.splice(index, 1);
    if (gpu === undefined) return undefined;
    chosen.push({ name: gpu.name, vendor: gpu.vendor, mode: gpu.mode, deviceId: gpu.deviceId });
  }
  return chosen;
}

function whyNot(names: readonly string[], all: readonly Gpu[], cluster: Reference | undefined): Error {
  const place = cluster === undefined ? 'any cluster' : `cluster "${cluster.name}"`;
  const unknown = names.find((name) => !all.some((gpu) => gpu.name === name));
  if (unknown !== undefined) {
    const visible = all.map(({ name }) => name);
    return notFound({ kind: 'GPU', name: unknown }, visible, ` on ${place}`);
  }
  const counts = [...new Set(names)].map((name) => {
    const wanted = names.filter((one) => one === name).length;
    const free = all.filter((gpu) => gpu.name === name && gpu.free).length;
    return `"${name}": ${wanted} wanted, ${free} unused`;
  });
  const wanted: Wanted = { kind: 'GPU', name: names.join(', ') };
  const problem = `no single host of ${place} has all of them unused (${counts.join('; ')})`;
  return unusable(wanted, problem, 'Ask for fewer, or free a device.');
}
