import { listMachines } from '../client/list.js';
import { createArguments, type HostDeclaration } from '../declaration/fleet.js';
import { decide, type Decision, type MachineState, type Wishes } from '../plan/decide.js';
import { vmPresences } from '../plan/vm-presence.js';
import type { HostRecord } from '../store/fleet-record.js';
import type { FleetContext } from './fleet-context.js';
import { ownRecord } from './ownership.js';

export interface PlannedHost extends Decision {
  readonly host: HostDeclaration;
}

export interface Plan {
  readonly hosts: readonly PlannedHost[];
  /** Hosts that this tool made and the file does not declare any more. They are left alone. */
  readonly undeclared: readonly string[];
}

/** Declared against real. Changes nothing. */
export async function makePlan(context: FleetContext, wishes: Wishes): Promise<Plan> {
  const { fleet, record, store } = context;
  const own = new Map<string, HostRecord | undefined>();
  for (const { name } of fleet.hosts) own.set(name, await ownRecord(context, name));
  const stored = await store.names();
  const states = await certainStates(context, stored);
  const hosts = fleet.hosts.map((host): PlannedHost => {
    const facts = {
      declared: createArguments(host),
      record: own.get(host.name),
      stored: stored.has(host.name),
      state: states.get(host.name),
    };
    return { host, ...decide(facts, wishes) };
  });
  const declared = new Set(fleet.hosts.map(({ name }) => name));
  return { hosts, undeclared: record.names().filter((name) => !declared.has(name)) };
}

/** What the client says of those that are there and finished. A half-made one would only be waited for. */
export function statesOf(
  { fleet, record, client, stop }: FleetContext,
  stored: ReadonlySet<string>,
): Promise<ReadonlyMap<string, MachineState>> {
  const names = fleet.hosts
    .map(({ name }) => name)
    .filter((name) => stored.has(name) && record.get(name)?.phase !== 'creating');
  return listMachines(client, names, stop);
}

/** The same, and of those that do not run whether Prism Central still has their VMs. */
export async function certainStates(
  context: FleetContext,
  stored: ReadonlySet<string>,
): Promise<ReadonlyMap<string, MachineState>> {
  const states = await statesOf(context, stored);
  const away = [...states].flatMap(([name, { state }]) => (state === 'Running' ? [] : [name]));
  const presences = await vmPresences(context, away);
  return new Map([...states].map(([name, state]) => [name, { ...state, vm: presences.get(name) }]));
}
