import { storedVm } from '../../libmachine/index.js';
import type { Provider } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import type { FleetContext } from '../apply/fleet-context.js';
import type { HostDeclaration } from '../declaration/fleet.js';
import { within } from '../leftovers/look.js';
import { sizeDrift } from './size-drift.js';

/** One request; ms. */
const LIMIT = 60_000;

export type VmSizeContext = Pick<FleetContext, 'store' | 'stop'>;

/** How the size of a host's VM differs from the file, one text each; a look that fails is one of them. */
export async function vmSizeDrift(
  { store, stop }: VmSizeContext,
  cloud: Pick<Provider, 'find'>,
  { name, flags }: Pick<HostDeclaration, 'name' | 'flags'>,
): Promise<readonly string[]> {
  const attempted = `compare the size of ${name}`;
  try {
    const driver = await store.driverJson(name);
    if (driver === undefined) return [];
    const { trace, size } = storedVm(Buffer.from(driver), flags);
    const vm = await within(LIMIT, attempted, stop, (call) => cloud.find(trace, call));
    return vm?.lifecycle === 'ready' ? sizeDrift(size, vm.size) : [];
  } catch (error) {
    return [OperationError.from(error, attempted).message];
  }
}
