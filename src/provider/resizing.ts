import type { CallContext } from './provider.js';
import type { VmId } from './vm.js';

/** Processors and memory of a VM; memory in MiB. */
export interface ComputeSize {
  readonly sockets: number;
  readonly coresPerSocket: number;
  readonly memoryMiB: number;
}

/** Changing the size of a VM that exists. Errors and aborts are as with `Provider`. */
export interface Resizing {
  /**
   * Idempotent. Sockets and memory may grow while the VM runs; anything else is refused by the cloud unless it is
   * off. Everything else about the VM stays.
   */
  resize(id: VmId, size: ComputeSize, context: CallContext): Promise<void>;
}
