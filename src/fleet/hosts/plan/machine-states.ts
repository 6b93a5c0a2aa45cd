import { listMachines, type MachineState } from '../../client/list.js';
import type { FleetContext } from '../../context/fleet-context.js';
import type { HostCondition } from './decide.js';
import { vmPresences } from './vm-presence.js';

/**
 * What the client says of those hosts, declared ones unless others are named, that are there and finished. A
 * half-made one would only be waited for.
 */
export function statesOf(
  { fleet, record, client, stop }: FleetContext,
  stored: ReadonlySet<string>,
  names: readonly string[] = fleet.hosts.map(({ name }) => name),
): Promise<ReadonlyMap<string, MachineState>> {
  const finished = names.filter((name) => stored.has(name) && record.get(name)?.phase !== 'creating');
  return listMachines(client, finished, stop);
}

/** The same, and of those that do not run whether Prism Central still has their VMs. */
export async function certainStates(
  context: FleetContext,
  stored: ReadonlySet<string>,
  names?: readonly string[],
): Promise<ReadonlyMap<string, HostCondition>> {
  const states = await statesOf(context, stored, names);
  const away = [...states].flatMap(([name, { state }]) => (state === 'Running' ? [] : [name]));
  const presences = await vmPresences(context, away);
  return new Map([...states].map(([name, state]) => [name, { ...state, vm: presences.get(name) }]));
}
