import type { CallContext } from './provider.js';
import type { CreationToken, Vm, VmId } from './vm.js';

/**
 * A VM that carries our ownership tag. The tag is part of its description, which every user who may edit the VM can
 * change: never take it for a permission.
 */
export interface OwnedVm {
  readonly id: VmId;
  readonly name: string;
  readonly power: Vm['power'];
  /** The token in the tag. */
  readonly creationToken: CreationToken;
  /** Name of the machine that it was made for, as far as the tag keeps it. */
  readonly machineName?: string | undefined;
  /** Who made it and where, `user@computer`, if the tag says. */
  readonly origin?: string | undefined;
  /** The group of instances that it was made in, if the tag names one. */
  readonly group?: string | undefined;
  /** The cloud's account that owns it. */
  readonly account?: string | undefined;
  readonly madeAt?: Date | undefined;
  /** False when the tag is, or may be, that of another VM: clones and restored copies carry it along. */
  readonly genuine: boolean;
}

/** Looking through all VMs for our ownership tag; a name alone never counts. Errors and aborts are as with `Provider`. */
export interface Inventory {
  /**
   * Every VM with the tag that the account may see, and whose name begins with `namePrefix` (any when absent): the cloud
   * leaves out the others where it can. One whose create is under way may be missing. With a prefix, copies of other names
   * are not seen: a VM whose tag holds no id is genuine only under the name that it was made with.
   */
  listOwned(namePrefix: string | undefined, context: CallContext): Promise<readonly OwnedVm[]>;

  /** The same for one VM, as it is now; undefined when it is gone or carries no tag (any more). */
  readOwned(id: VmId, context: CallContext): Promise<OwnedVm | undefined>;
}
