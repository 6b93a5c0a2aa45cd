import type { CallContext, Inventory, Provider } from '../../provider/index.js';
import { deadlineAfter } from '../../support/index.js';
import { readKnownMachines, type KnownMachines } from './known-machines.js';
import { judge, type Judged, type Standards } from './verdict.js';

/** What all that is done about leftovers needs. */
export interface LeftoverContext extends Pick<Standards, 'olderThan' | 'madeBy'> {
  readonly cloud: Inventory & Pick<Provider, 'remove'>;
  /** Folders of machine stores. */
  readonly stores: readonly string[];
  readonly now: () => Date;
  readonly stop: AbortSignal;
}

export interface Look {
  readonly judged: readonly Judged[];
  readonly known: KnownMachines;
}

/** Hundreds of VMs are a few requests; ms. */
const LOOK_LIMIT = 120_000;

/**
 * Every VM with our marks, judged. The stores are read after the VMs: a machine is saved before its VM is made,
 * so that one which is being made right now is known by then.
 */
export async function lookForLeftovers(context: LeftoverContext): Promise<Look> {
  const { cloud, stores, stop } = context;
  const marked = await within(LOOK_LIMIT, 'look for leftovers', stop, (call) => cloud.listMarked(call));
  const known = await readKnownMachines(stores);
  const standards = { ...context, known, now: context.now() };
  return { known, judged: marked.map((vm) => judge(vm, standards)) };
}

/** Runs something on the cloud with a time limit of its own. */
export async function within<T>(
  ms: number,
  attempted: string,
  stop: AbortSignal,
  work: (context: CallContext) => Promise<T>,
  progress: (line: string) => void = () => undefined,
): Promise<T> {
  const deadline = deadlineAfter(ms, attempted, 'Look at Prism Central, and run it again.', stop);
  try {
    return await work({ signal: deadline.signal, progress });
  } finally {
    deadline.clear();
  }
}
