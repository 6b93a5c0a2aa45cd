import type { VmSize, VmTrace } from '../../provider/index.js';
import { MachineConfig } from '../config/index.js';
import { OPTION_KEYS, OPTIONS, readFlags, type FlagValues } from '../options/index.js';
import { hostSpecOf, traceOf } from './host-spec.js';

export interface StoredVm {
  readonly trace: VmTrace;
  /** As asked for. */
  readonly size: VmSize;
}

/**
 * What the `Driver` object of a machine's config.json says about its VM, for a program that is not the plugin.
 * `flags` that are given count before it. Throws `invalid-input`.
 */
export function storedVm(driver: Uint8Array, flags: FlagValues): StoredVm {
  const config = new MachineConfig();
  config.load(driver);
  const { values } = readFlags(flags, {});
  const given = OPTION_KEYS.filter((key) => flags.has(OPTIONS[key].name));
  config.update(Object.fromEntries(given.map((key) => [key, values[key]])));
  const { sockets, coresPerSocket, memoryMiB, systemDiskGiB, disks } = hostSpecOf(
    config.values,
    undefined,
  ).vm;
  return {
    trace: traceOf(config.values),
    size: { sockets, coresPerSocket, memoryMiB, disks: [{ bus: 'scsi', sizeGiB: systemDiskGiB }, ...disks] },
  };
}
