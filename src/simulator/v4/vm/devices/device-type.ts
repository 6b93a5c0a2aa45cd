import type { VmRecord } from '../../../core/store/vm-record.js';
import type { VmOptions } from '../../../core/vm/options.js';
import type { V4Call } from '../../route.js';
import type { V4World } from '../../world.js';
import type { ViewOf } from '../device-views.js';

/** A device as it is shown, with its id. */
export interface ShownDevice {
  readonly extId: string;
  readonly view: Readonly<Record<string, unknown>>;
}

/** What a client asks the whole VM to be. Throws a Refusal, which fails the task. */
export type DeviceChange = (options: VmOptions, vm: VmRecord) => VmOptions;

/** A type of device of VMs: how it is shown, and how one comes, changes and goes. */
export interface DeviceType {
  /** In paths, e.g. `cd-roms`. */
  readonly plural: string;
  /** In the names of operations and answers, e.g. `CdRom`. */
  readonly word: string;
  /** What tasks call it, in the core's words. */
  readonly kind: string;
  readonly shown: (of: ViewOf, vm: VmRecord) => readonly ShownDevice[];
  /** Reads the body at once. `operation`: e.g. `CreateDisk`. */
  readonly added: (world: V4World, call: V4Call, operation: string) => DeviceChange;
  /** Absent for types that cannot be changed. */
  readonly replaced?: (world: V4World, call: V4Call, extId: string) => DeviceChange;
  readonly removed: (extId: string) => DeviceChange;
}
