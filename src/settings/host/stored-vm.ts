import type { VmSize, VmIdentity } from '../../provider/index.js';
import { MachineConfig } from '../config/index.js';
import {
  OPTION_KEYS,
  OPTIONS,
  prismCentralOf,
  readFlags,
  type FlagValues,
  type PrismCentral,
} from '../options/index.js';
import { identityOf } from './host-access.js';
import { hostSpecOf } from './host-spec.js';

export interface StoredVm {
  readonly identity: VmIdentity;
  /** As asked for. */
  readonly size: VmSize;
  /** The Prism Central that it was made on; undefined = the configuration names none. */
  readonly prismCentral?: PrismCentral | undefined;
}

/**
 * What the `Driver` object of a machine's config.json says about its VM, for a program that is not the plugin.
 * `flags` that are given count before it. Throws `invalid-input`.
 */
export function storedVm(driver: Uint8Array, flags: FlagValues): StoredVm {
  const config = new MachineConfig();
  config.load(driver);
  const prismCentral = prismCentralOf(config.values);
  const { values } = readFlags(flags, {});
  const given = OPTION_KEYS.filter((key) => flags.has(OPTIONS[key].name));
  config.update(Object.fromEntries(given.map((key) => [key, values[key]])));
  const { sockets, coresPerSocket, memoryMiB, systemDiskGiB, disks } = hostSpecOf(
    config.values,
    undefined,
  ).vm;
  return {
    identity: identityOf(config.values),
    prismCentral: 'problem' in prismCentral ? undefined : prismCentral,
    size: { sockets, coresPerSocket, memoryMiB, disks: [{ bus: 'scsi', sizeGiB: systemDiskGiB }, ...disks] },
  };
}
