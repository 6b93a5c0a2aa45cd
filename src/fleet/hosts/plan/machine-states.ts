import type { Connection, Provider } from '../../../provider/index.js';
import { storedVm } from '../../../settings/index.js';
import { OperationError } from '../../../support/index.js';
import { listMachines, type MachineState } from '../../client/list.js';
import { type FleetContext, withinLimit } from '../../context/fleet-context.js';
import { fleetConnection } from '../../declaration/prism-central.js';

/** `there` and `gone` are what Prism Central says; `unknown` has the reason why it could not say. */
export type VmPresence =
  { readonly is: 'there' } | { readonly is: 'gone' } | { readonly is: 'unknown'; readonly reason: string };

/** A machine's state as the client prints it, and what Prism Central adds where that says too little. */
export interface HostCondition extends MachineState {
  /** Whether its VM exists, as Prism Central says; undefined = not read, because the machine runs. */
  readonly vm?: VmPresence | undefined;
}

/** One request in the ordinary case, and a few attempts when Prism Central is busy; ms. */
const LIMIT = 20_000;

export interface PresenceContext extends Pick<FleetContext, 'fleet' | 'client' | 'store' | 'stop'> {
  readonly cloud: { open(): Promise<Pick<Provider, 'find'>> };
}

/**
 * Asks Prism Central whether the VMs of these machines exist, by the identity in each machine's config.json:
 * neither a name nor what a client prints proves anything. Rejects only when `stop` is aborted.
 */
export async function vmPresences(
  context: PresenceContext,
  names: readonly string[],
): Promise<ReadonlyMap<string, VmPresence>> {
  if (names.length === 0) return new Map();
  const { fleet, client, cloud, stop } = context;
  // Opening the cloud reads the same credentials, and warns of them.
  const connection = fleetConnection(fleet, client.options.environment, () => undefined);
  const opened = await Promise.all([connection, cloud.open()]).catch((error: unknown) =>
    OperationError.from(error, 'connect to Prism Central'),
  );
  stop.throwIfAborted();
  const presences = names.map(async (name): Promise<[string, VmPresence]> => {
    if (opened instanceof OperationError) return [name, unknown(opened.message)];
    return [name, await presenceOf(context, name, ...opened)];
  });
  return new Map(await Promise.all(presences));
}

async function presenceOf(
  { store, stop }: PresenceContext,
  name: string,
  { host, port }: Pick<Connection, 'host' | 'port'>,
  cloud: Pick<Provider, 'find'>,
): Promise<VmPresence> {
  const attempted = `ask whether the VM of ${name} exists`;
  try {
    const driver = await store.driverJson(name);
    if (driver === undefined) return unknown('its config.json cannot be read');
    const { identity, prismCentral } = storedVm(Buffer.from(driver), new Map());
    if (identity.vmId === undefined && identity.creationToken === undefined) {
      return unknown('its config.json names no VM of this driver');
    }
    // Any other Prism Central does not know the VM, which says nothing about whether it exists.
    if (prismCentral !== undefined && (prismCentral.host !== host || prismCentral.port !== port)) {
      const [made, meant] = [`${prismCentral.host}:${prismCentral.port}`, `${host}:${port}`];
      return unknown(`it was made on the Prism Central ${made}, and now ${meant} is meant`);
    }
    const vm = await withinLimit(LIMIT, attempted, stop, (call) => cloud.find(identity, call));
    return { is: vm === undefined ? 'gone' : 'there' };
  } catch (error) {
    stop.throwIfAborted();
    return unknown(OperationError.from(error, attempted).message);
  }
}

function unknown(reason: string): VmPresence {
  return { is: 'unknown', reason };
}

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
