import type {
  CallContext,
  ComputeSize,
  CreationKey,
  Inventory,
  MarkedVm,
  Placement,
  PlacementRequest,
  Provider,
  Resizing,
  Vm,
  VmId,
  VmSpec,
  VmTrace,
} from '../../provider/index.js';
import { abortError, OperationError } from '../../support/index.js';
import type { Backend } from './backend.js';
import { issueKey } from './identity/reservation.js';
import { resolvePlacement } from './lookup/resolve.js';
import { createVm } from './vm/create.js';
import { findVm } from './vm/find.js';
import { LONGEST_USER_DATA } from './vm/guest-customization.js';
import { listMarked, readMarked } from './vm/list-owned.js';
import { requestReboot, requestShutdown, reset } from './vm/power-actions.js';
import { powerOff, powerOn } from './vm/power-state.js';
import { removeVm } from './vm/remove.js';
import { resizeVm } from './vm/resize.js';

/** The port, spoken to a Prism Central through its v3 API. Keeps nothing but a session and its connections. */
export class PrismV3Provider implements Provider, Inventory, Resizing {
  readonly longestUserData = LONGEST_USER_DATA;
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Only container guests have a real engine. */
  get runsContainers(): boolean | undefined {
    const { simulatedGuests } = this.#backend.api;
    return simulatedGuests === undefined ? undefined : simulatedGuests === 'container';
  }

  resolve(request: PlacementRequest, context: CallContext): Promise<Placement> {
    return settled(
      'look up what the VM refers to',
      context,
      resolvePlacement(this.#backend, request, context),
    );
  }

  issueCreationKey(name: string, context: CallContext): Promise<CreationKey> {
    return settled('reserve the identity of a VM', context, issueKey(this.#backend, name, context));
  }

  create(key: CreationKey, spec: VmSpec, context: CallContext): Promise<VmId> {
    return settled('create the VM', context, createVm(this.#backend, key, spec, context));
  }

  find(trace: VmTrace, context: CallContext): Promise<Vm | undefined> {
    return settled('look up the VM', context, findVm(this.#backend, trace, context));
  }

  powerOn(id: VmId, context: CallContext): Promise<void> {
    return settled('power on the VM', context, powerOn(this.#backend, id, context));
  }

  requestShutdown(id: VmId, context: CallContext): Promise<void> {
    return settled('ask the VM to shut down', context, requestShutdown(this.#backend, id, context));
  }

  requestReboot(id: VmId, context: CallContext): Promise<void> {
    return settled('ask the VM to restart', context, requestReboot(this.#backend, id, context));
  }

  powerOff(id: VmId, context: CallContext): Promise<void> {
    return settled('power off the VM', context, powerOff(this.#backend, id, context));
  }

  reset(id: VmId, context: CallContext): Promise<void> {
    return settled('reset the VM', context, reset(this.#backend, id, context));
  }

  resize(id: VmId, size: ComputeSize, context: CallContext): Promise<void> {
    return settled('change CPU and memory of the VM', context, resizeVm(this.#backend, id, size, context));
  }

  remove(trace: VmTrace, context: CallContext): Promise<void> {
    return settled('delete the VM', context, removeVm(this.#backend, trace, context));
  }

  listMarked(context: CallContext): Promise<readonly MarkedVm[]> {
    return settled('list the VMs with our marks', context, listMarked(this.#backend, context));
  }

  readMarked(id: VmId, context: CallContext): Promise<MarkedVm | undefined> {
    return settled('look up a VM with our marks', context, readMarked(this.#backend, id, context));
  }

  close(): Promise<void> {
    this.#backend.api.close();
    return Promise.resolve();
  }
}

/** Whatever is thrown leaves as an OperationError: also an abort whose reason is none, and a fault of ours. */
async function settled<T>(attempted: string, { signal }: CallContext, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw signal.aborted ? abortError(signal, attempted) : OperationError.from(error, attempted);
  }
}
