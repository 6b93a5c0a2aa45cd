import type { CallContext } from './provider.js';
import type { CreationKey, Vm, VmId } from './vm.js';

/** A VM that bears our marks. What the marks say is the word of whoever may edit the VM. */
export interface MarkedVm {
  readonly id: VmId;
  readonly name: string;
  readonly power: Vm['power'];
  /** The key that the marks name. */
  readonly creationKey: CreationKey;
  /** Name of the machine that it was made for, as far as the marks keep it. */
  readonly machineName?: string | undefined;
  /** Who made it and where, `user@computer`, if the marks say. */
  readonly origin?: string | undefined;
  /** The cloud's account that owns it. */
  readonly account?: string | undefined;
  readonly madeAt?: Date | undefined;
  /** False when the marks are, or may be, those of another VM: clones and restored copies carry them along. */
  readonly genuine: boolean;
}

/** Looking through all VMs for our marks; names never count. Errors and aborts are as with `Provider`. */
export interface Inventory {
  /** Every VM with marks that the account may see. One whose create is under way may be missing. */
  listMarked(context: CallContext): Promise<readonly MarkedVm[]>;

  /** The same for one VM, as it is now; undefined when it is gone or bears no marks (any more). */
  readMarked(id: VmId, context: CallContext): Promise<MarkedVm | undefined>;
}
