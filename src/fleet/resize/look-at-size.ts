import { OPTION_LIST, storedVm, type StoredVm } from '../../libmachine/index.js';
import { OperationError } from '../../support/index.js';
import type { FleetContext } from '../apply/fleet-context.js';
import type { FlagValue } from '../declaration/driver-values.js';
import type { HostDeclaration } from '../declaration/fleet.js';
import { within } from '../leftovers/look.js';
import { isSizeFlag } from '../plan/flag-changes.js';
import { sizeChange, type SizeChange } from './size-change.js';

/** What Prism Central says about the size of a host's VM. */
export type SizeLook =
  | { readonly is: 'known'; readonly change: SizeChange | undefined }
  | { readonly is: 'unknown'; readonly reason: string };

/** One request; ms. */
const LIMIT = 60_000;

/** How the size of a host's VM has to change, for a host that this tool made with these arguments. */
export async function lookAtSize(
  { store, cloud, stop }: FleetContext,
  host: HostDeclaration,
  madeWith: readonly string[],
): Promise<SizeLook> {
  const attempted = `look at the size of ${host.name}`;
  try {
    const driver = await store.driverJson(host.name);
    if (driver === undefined) return { is: 'unknown', reason: 'its config.json cannot be read' };
    const { trace, size } = declaredVm(driver, host, madeWith);
    const provider = await cloud.open();
    const vm = await within(LIMIT, attempted, stop, (call) => provider.find(trace, call));
    if (vm?.lifecycle !== 'ready') return { is: 'unknown', reason: 'its VM is not there' };
    return { is: 'known', change: sizeChange(size, vm.size) };
  } catch (error) {
    stop.throwIfAborted();
    return { is: 'unknown', reason: OperationError.from(error, attempted).message };
  }
}

/** A size that the file said once and says no more is the driver's own default, as for a host that is made now. */
export function declaredVm(
  driver: string,
  { flags }: HostDeclaration,
  madeWith: readonly string[],
): StoredVm {
  const defaults = OPTION_LIST.flatMap((option): [string, FlagValue][] =>
    option.kind === 'int' &&
    isSizeFlag(option.name) &&
    madeWith.some((one) => one.startsWith(`--${option.name}=`))
      ? [[option.name, option.fallback]]
      : [],
  );
  return storedVm(Buffer.from(driver), new Map([...defaults, ...flags]));
}
