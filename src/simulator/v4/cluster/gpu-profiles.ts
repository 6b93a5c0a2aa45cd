import type { GpuRecord } from '../../core/store/records.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';
import { derivedUuid } from './nodes.js';

type Fields = Record<string, unknown>;

/** All GPUs of one model, on one cluster or on several. */
export interface GpuProfile extends Readonly<Pick<GpuRecord, 'name' | 'deviceId'>> {
  readonly isVirtual: boolean;
  readonly gpus: readonly GpuRecord[];
  readonly clusterUuids: readonly string[];
}

/** As profiles have it; a VM wants `NVIDIA` (reference v4 5). */
const VENDORS: Readonly<Record<string, string>> = { NVIDIA: 'kNvidia', INTEL: 'kIntel', AMD: 'kAmd' };
const FRAME_BUFFER_BYTES = 2 * 2 ** 30;

/** The models of virtual or of physical GPUs: on one cluster, or on all when none is named. */
export function gpuProfiles({ store }: V4World, isVirtual: boolean, clusterUuid?: string): GpuProfile[] {
  const profiles = new Map<string, GpuProfile>();
  for (const host of store.hosts) {
    if (clusterUuid !== undefined && host.clusterUuid !== clusterUuid) continue;
    for (const gpu of host.gpus) {
      if ((gpu.mode === 'VIRTUAL') !== isVirtual) continue;
      const { name, deviceId } = gpu;
      const known = profiles.get(name) ?? { name, isVirtual, deviceId, gpus: [], clusterUuids: [] };
      profiles.set(name, {
        ...known,
        gpus: [...known.gpus, gpu],
        clusterUuids: [...new Set([...known.clusterUuids, host.clusterUuid])],
      });
    }
  }
  return [...profiles.values()];
}

/** A profile in the list of one cluster. Source: reference v4 5; no recording. */
export function clusterGpuProfileView({ served }: V4World, profile: GpuProfile): Fields {
  const { name, isVirtual, deviceId, gpus } = profile;
  const [first] = gpus;
  const taken = gpus.flatMap(({ vmUuid }) => vmUuid ?? []);
  const configuration = {
    type: first?.mode,
    deviceId,
    deviceName: name,
    vendorName: VENDORS[first?.vendor ?? ''],
    isInUse: taken.length > 0,
    assignable: gpus.length - taken.length,
    frameBufferSizeBytes: FRAME_BUFFER_BYTES,
  };
  const word = isVirtual ? 'Virtual' : 'Physical';
  const ofItsKind = isVirtual
    ? { fraction: 1, maxInstancesPerVm: 1, numberOfVirtualDisplayHeads: 4 }
    : { mode: taken.length > 0 ? 'USED_FOR_PASSTHROUGH' : 'UNUSED', numaNode: '0' };
  return typed(served, `clustermgmt.v4.config.${word}GpuProfile`, {
    [isVirtual ? 'virtualGpuConfig' : 'physicalGpuConfig']: typed(
      served,
      `clustermgmt.v4.config.${word}GpuConfig`,
      { ...configuration, ...ofItsKind },
    ),
    allocatedVmExtIds: [...new Set(taken)],
  });
}

/** A profile in the global lists of 4.3: its device id is not there. Source: reference v4 5. */
export function globalGpuProfileView({ served }: V4World, profile: GpuProfile): Fields {
  const type = `clustermgmt.v4.ahv.config.${profile.isVirtual ? 'Virtual' : 'Physical'}GpuProfile`;
  return typed(served, type, {
    extId: derivedUuid(`GPU profile ${profile.name}`),
    configuration: typed(served, `${type}Configuration`, { name: profile.name }),
    clusterExtIds: profile.clusterUuids,
  });
}
