import { type RecordedHost, otherRecords } from '../../store/fleet-record.js';
import type { FleetContext } from '../../context/fleet-context.js';

export type OwnershipContext = Pick<FleetContext, 'record' | 'store'>;

/**
 * The record of a host that this tool made, or that was adopted; undefined = its machine, if there is one, was
 * made otherwise. A machine that was removed and made again by hand under the same name has another VM.
 */
export async function ownRecord(
  { record, store }: OwnershipContext,
  name: string,
): Promise<RecordedHost | undefined> {
  const known = record.get(name);
  if (known?.vm === undefined) return known;
  const machine = await store.read(name);
  return machine === undefined || machine.vmId === '' || machine.vmId === known.vm ? known : undefined;
}

/** By host, who owns it instead of this fleet, as a predicate: `was not made by this tool`, `belongs to the fleet x`. */
export type ForeignHosts = ReadonlyMap<string, string>;

/** The declared hosts whose machines this fleet does not own: nothing is run on them, and nothing is changed. */
export async function foreignHosts(
  context: OwnershipContext & Pick<FleetContext, 'fleet'>,
): Promise<ForeignHosts> {
  const { fleet, store } = context;
  const stored = await store.names();
  const others = await otherRecords(store.folder, fleet.name);
  const each = fleet.hosts.map(async ({ name }): Promise<[string, string][]> => {
    if (!stored.has(name) || (await ownRecord(context, name)) !== undefined) return [];
    const owner = others.find((record) => record.get(name) !== undefined);
    return [
      [name, owner === undefined ? 'was not made by this tool' : `belongs to the fleet ${owner.fleet}`],
    ];
  });
  return new Map((await Promise.all(each)).flat());
}
