import type { FleetContext } from '../../context/fleet-context.js';
import { foreignHosts } from '../../hosts/ownership/ownership.js';
import { statesOf } from '../../hosts/plan/machine-states.js';
import { runOnHost } from '../scripts/run-on-host.js';
import { OperationError } from '../../../support/index.js';
import type { MachineState } from '../../client/list.js';
import type { HostDeclaration } from '../../declaration/fleet.js';
import { EngineClient } from './engine.js';
import { memberAddresses, type Member } from './member.js';

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
