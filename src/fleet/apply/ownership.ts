import type { HostRecord } from '../store/fleet-record.js';
import type { FleetContext } from './fleet-context.js';

type OwnershipContext = Pick<FleetContext, 'record' | 'store'>;

/**
 * The record of a host that this tool made, or that was adopted; undefined = its machine, if there is one, is
 * somebody else's. A machine that somebody removed and made again under the same name has another VM.
 */
export async function ownRecord(
  { record, store }: OwnershipContext,
  name: string,
): Promise<HostRecord | undefined> {
  const known = record.get(name);
  if (known?.vm === undefined) return known;
  const machine = await store.read(name);
  return machine === undefined || machine.vmId === '' || machine.vmId === known.vm ? known : undefined;
}

/** The declared hosts whose machines are somebody else's: nothing is run on them, and nothing changed. */
export async function foreignHosts(
  context: OwnershipContext & Pick<FleetContext, 'fleet'>,
): Promise<ReadonlySet<string>> {
  const stored = await context.store.names();
  const each = context.fleet.hosts.map(async ({ name }) =>
    stored.has(name) && (await ownRecord(context, name)) === undefined ? [name] : [],
  );
  return new Set((await Promise.all(each)).flat());
}
