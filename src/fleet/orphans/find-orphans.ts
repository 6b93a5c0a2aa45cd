import type { Inventory, Provider } from '../../provider/index.js';
import { withinLimit } from '../context/fleet-context.js';
import { readKnownMachines, type KnownMachines } from './known-machines.js';
import { judge, type Judged, type Standards } from './verdict.js';

/** What every operation on orphans needs. */
export interface OrphanContext extends Pick<Standards, 'olderThan' | 'madeBy'> {
  readonly cloud: Inventory & Pick<Provider, 'remove'>;
  /** Folders of machine stores. */
  readonly stores: readonly string[];
  readonly now: () => Date;
  readonly stop: AbortSignal;
}

export interface OrphanSearch {
  readonly judged: readonly Judged[];
  readonly known: KnownMachines;
}

/** Hundreds of VMs are a few requests; ms. */
const SEARCH_LIMIT = 120_000;

/**
 * Every VM with our ownership tag, judged. The stores are read after the VMs: a machine is saved before its VM is made,
 * so that one which is being made right now is known by then.
 */
export async function findOrphans(context: OrphanContext): Promise<OrphanSearch> {
  const { cloud, stores, stop } = context;
  const marked = await withinLimit(SEARCH_LIMIT, 'look for orphans', stop, (call) =>
    cloud.listOwned(undefined, call),
  );
  const known = await readKnownMachines(stores);
  const standards = { ...context, known, now: context.now() };
  return { known, judged: marked.map((vm) => judge(vm, standards)) };
}
