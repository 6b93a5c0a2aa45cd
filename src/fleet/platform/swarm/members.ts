import { isIP } from 'node:net';
import { networkOf, OperationError } from '../../../support/index.js';
import type { MachineState } from '../../client/list.js';
import type { FleetContext } from '../../context/fleet-context.js';
import type { HostDeclaration } from '../../declaration/fleet.js';
import type { Membership, SwarmSettings } from '../../declaration/schema.js';
import { foreignHosts } from '../../hosts/ownership/ownership.js';
import { statesOf } from '../../hosts/plan/machine-states.js';
import { runOnHost } from '../scripts/run-on-host.js';
import { EngineClient, infoShape } from './engine.js';

/** A declared host as a member of the swarm. */
export interface Member {
  readonly name: string;
  readonly membership: Membership;
  readonly engine: EngineClient;
  /** The address that other members reach it at. */
  readonly advertise: string;
  /** The address for traffic between containers; undefined = the same. */
  readonly dataPath?: string | undefined;
}

/** Which of a host's addresses it advertises; those of the chosen networks if the file names any. */
export function memberAddresses(
  host: string,
  main: string,
  all: readonly string[],
  settings: SwarmSettings,
): { readonly advertise: string; readonly dataPath?: string | undefined } {
  const { network, 'data-path-network': dataPathNetwork } = settings;
  const advertise = network === undefined ? main : within(host, network, [main, ...all]);
  if (dataPathNetwork === undefined) return { advertise };
  return { advertise, dataPath: within(host, dataPathNetwork, [main, ...all]) };
}

function within(host: string, network: string, addresses: readonly string[]): string {
  const isInside = networkOf(network);
  if (isInside === undefined) {
    throw new OperationError({
      code: 'invalid-input',
      attempted: `choose an address of ${host}`,
      problem: `${network} is no network (CIDR)`,
    });
  }
  const found = addresses.find(
    (address) => isIP(address) === isIP(network.split('/')[0] ?? '') && isInside(address),
  );
  if (found !== undefined) return found;
  throw new OperationError({
    code: 'not-found',
    attempted: `choose an address of ${host}`,
    problem: `none of ${addresses.join(', ')} is in ${network}`,
    advice: 'Give the host a NIC on that network (vm-network).',
  });
}

/** The declared members of the swarm whose hosts run and were made by this tool. */
export async function runningMembers(context: FleetContext): Promise<Member[]> {
  return await membersAmong(context, await statesOf(context, await context.store.names()));
}

/** The same where the states of the machines are known already. */
export async function membersAmong(
  context: FleetContext,
  states: ReadonlyMap<string, MachineState>,
): Promise<Member[]> {
  const foreign = await foreignHosts(context);
  const running = context.fleet.hosts.filter(
    ({ name, swarm }) => swarm !== undefined && states.get(name)?.state === 'Running' && !foreign.has(name),
  );
  const members = running.map((host) => memberOf(context, host, states.get(host.name)?.url ?? ''));
  return (await Promise.all(members)).filter((member) => member !== undefined);
}

async function memberOf(
  context: FleetContext,
  host: HostDeclaration,
  url: string,
): Promise<Member | undefined> {
  const { fleet, store, stop } = context;
  if (host.swarm === undefined || url === '') return undefined;
  const { name, swarm: membership } = host;
  const engine = await EngineClient.open({ host: name, url, certificates: store.machineFolder(name) });
  const settings = fleet.swarm ?? {};
  const chosen = settings.network !== undefined || settings['data-path-network'] !== undefined;
  const all = chosen ? await addressesOf(context, name, stop) : [];
  const main = new URL(url.replace(/^tcp:/, 'http:')).hostname.replace(/^\[|\]$/g, '');
  return { name, membership, engine, ...memberAddresses(name, main, all, settings) };
}

/** Every address that the guest has. */
async function addressesOf(
  { store }: FleetContext,
  name: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const machine = await store.read(name);
  const attempted = `ask ${name} for its addresses`;
  if (machine === undefined) {
    throw new OperationError({ code: 'not-found', attempted, problem: 'its config.json cannot be read' });
  }
  const { code, output } = await runOnHost(machine, 'hostname -I', { signal, onLine: () => undefined });
  if (code === 0) return output.split(/\s+/).filter((word) => word !== '');
  throw new OperationError({ code: 'task-failed', attempted, problem: output.trim() });
}

/** A host that is in a swarm, whatever the file says. */
export interface ActualMember {
  readonly name: string;
  readonly engine: EngineClient;
  /** Id of its node. */
  readonly node: string;
  readonly manages: boolean;
}

/** Which of these hosts are in a swarm, as their engines say. Hosts that do not run are left out. */
export async function actualMembers(
  context: FleetContext,
  names: readonly string[],
): Promise<readonly ActualMember[]> {
  const states = await statesOf(context, await context.store.names(), names);
  const running = names.filter((name) => states.get(name)?.state === 'Running');
  const members = running.map((name) => actualMemberOf(context, name, states.get(name)?.url ?? ''));
  return (await Promise.all(members)).filter((member) => member !== undefined);
}

async function actualMemberOf(
  { store, stop, reporter }: FleetContext,
  name: string,
  url: string,
): Promise<ActualMember | undefined> {
  try {
    const engine = await EngineClient.open({ host: name, url, certificates: store.machineFolder(name) });
    const { Swarm } = await engine.get('/info', infoShape, 'ask for its swarm', stop);
    if (Swarm.LocalNodeState !== 'active') return undefined;
    return { name, engine, node: Swarm.NodeID, manages: Swarm.ControlAvailable };
  } catch (error) {
    stop.throwIfAborted();
    reporter.warn(OperationError.from(error, `ask ${name} for its swarm`).message);
    return undefined;
  }
}
