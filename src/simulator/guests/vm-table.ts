import { KeyedQueue, OperationError } from '../../support/index.js';
import type { Guest, GuestSpec } from './guest-backend.js';

/** What a back end keeps of a VM (`K`), whether its guest is on or off. */
export interface KeptOfVm<K> {
  /** For a VM that is switched on for the first time. */
  readonly make: (vmUuid: string) => K;
  /** Once the VM's guest is off for good. */
  readonly drop: (kept: K, vmUuid: string) => Promise<void>;
}

/** The VMs of a guest back end. Of each, one change at a time; once the back end is closing, none is switched on. */
export class VmTable<K> {
  readonly #keeping: KeptOfVm<K>;
  readonly #vms = new Map<string, { readonly kept: K; guest?: Guest }>();
  readonly #queue = new KeyedQueue();
  #closing: Promise<void> | undefined;

  constructor(keeping: KeptOfVm<K>) {
    this.#keeping = keeping;
  }

  /** Boots a guest; the one that the VM had before is off by then. */
  async powerOn({ vmUuid, name }: GuestSpec, boot: (kept: K) => Promise<Guest>): Promise<Guest> {
    return await this.#queue.run(vmUuid, async () => {
      if (this.#closing !== undefined) {
        const problem = 'the simulator is closing';
        throw new OperationError({ code: 'cancelled', attempted: `boot guest ${name}`, problem });
      }
      const vm = this.#vms.get(vmUuid) ?? { kept: this.#keeping.make(vmUuid) };
      this.#vms.set(vmUuid, vm);
      await vm.guest?.powerOff();
      vm.guest = await boot(vm.kept);
      return vm.guest;
    });
  }

  /** Powers the guest off and drops what is kept of the VM. Idempotent. */
  async remove(vmUuid: string): Promise<void> {
    await this.#queue.run(vmUuid, async () => {
      const vm = this.#vms.get(vmUuid);
      if (vm === undefined) return;
      await vm.guest?.powerOff();
      await this.#keeping.drop(vm.kept, vmUuid);
      this.#vms.delete(vmUuid);
    });
  }

  /** Removes every VM, then closes the rest, also when a VM could not be removed. Idempotent. */
  async close(closeRest: () => Promise<void>): Promise<void> {
    this.#closing ??= this.#close(closeRest);
    await this.#closing;
  }

  async #close(closeRest: () => Promise<void>): Promise<void> {
    const removals = [...this.#vms.keys()].map(async (uuid) => await this.remove(uuid));
    await Promise.allSettled(removals);
    await closeRest();
  }
}
