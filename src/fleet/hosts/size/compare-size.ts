import { OPTION_LIST, storedVm, type StoredVm } from '../../../settings/index.js';
import type { Provider } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import { type FleetContext, withinLimit } from '../../context/fleet-context.js';
import type { FlagValue } from '../../declaration/driver-values.js';
import type { HostDeclaration } from '../../declaration/fleet.js';
import { isSizeFlag, sizeChange, type SizeChange, sizeDrift, type SizeDrift } from './size-drift.js';

/** What Prism Central says about the size of a host's VM. */
export type SizeComparison =
  | {
      readonly is: 'known';
      /** What `--resize` does; undefined = CPU and memory are as declared. */
      readonly change: SizeChange | undefined;
      /** All that differs from the file, disks too. */
      readonly drift: readonly SizeDrift[];
    }
  /** There is no VM, or it is still being made. */
  | { readonly is: 'absent' }
  | { readonly is: 'unknown'; readonly reason: string };

export interface SizeContext extends Pick<FleetContext, 'store' | 'stop'> {
  readonly cloud: { open(): Promise<Pick<Provider, 'find'>> };
}

/** One request; ms. */
const LIMIT = 60_000;

/**
 * Compares the size of a host's VM with the file, and what the file leaves open with the machine's configuration.
 * `madeWith`: the arguments that this tool made the host with. Rejects only when `stop` is aborted.
 */
export async function compareSize(
  { store, cloud, stop }: SizeContext,
  host: Pick<HostDeclaration, 'name' | 'flags'>,
  madeWith: readonly string[],
): Promise<SizeComparison> {
  const attempted = `compare the size of ${host.name}`;
  try {
    const driver = await store.driverJson(host.name);
    if (driver === undefined) return { is: 'unknown', reason: 'its config.json cannot be read' };
    const { identity, size } = declaredVm(driver, host, madeWith);
    const provider = await cloud.open();
    const vm = await withinLimit(LIMIT, attempted, stop, (call) => provider.find(identity, call));
    if (vm?.lifecycle !== 'ready') return { is: 'absent' };
    return { is: 'known', change: sizeChange(size, vm.size), drift: sizeDrift(size, vm.size) };
  } catch (error) {
    stop.throwIfAborted();
    return { is: 'unknown', reason: OperationError.from(error, attempted).message };
  }
}

/** A size that the file said once and says no more is the driver's own default, as for a host that is made now. */
export function declaredVm(
  driver: string,
  { flags }: Pick<HostDeclaration, 'flags'>,
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
