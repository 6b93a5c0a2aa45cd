import { OperationError } from '../../support/index.js';
import type { MachineState } from '../client/list.js';
import type { FleetContext } from '../context/fleet-context.js';
import { membersAmong } from '../platform/swarm/members.js';
import { infoShape, nodesShape, type SwarmNode } from '../platform/swarm/engine.js';

/** By host: role, whether it leads, and state, as the first manager that answers sees it. */
export async function swarmRoles(
  context: FleetContext,
  states: ReadonlyMap<string, MachineState>,
): Promise<ReadonlyMap<string, string>> {
  const { fleet, stop } = context;
  if (!fleet.hosts.some(({ swarm }) => swarm !== undefined)) return new Map();
  const members = await membersAmong(context, states);
  const roles = new Map<string, string>();
  const ids = new Map<string, string>();
  let nodes: readonly SwarmNode[] = [];
  for (const { name, engine } of members) {
    try {
      const { Swarm } = await engine.get('/info', infoShape, 'ask for its swarm', stop);
      if (Swarm.LocalNodeState === 'active') ids.set(name, Swarm.NodeID);
      if (Swarm.ControlAvailable && nodes.length === 0) {
        nodes = await engine.get('/nodes', nodesShape, 'list the nodes of the swarm', stop);
      }
    } catch (error) {
      roles.set(name, OperationError.from(error, `ask ${name} for its swarm`).problem);
    }
  }
  for (const [name, id] of ids) {
    const node = nodes.find(({ ID }) => ID === id);
    if (node !== undefined) roles.set(name, roleText(node));
  }
  return roles;
}

function roleText({ Spec, Status, ManagerStatus }: SwarmNode): string {
  const words = [
    Spec.Role,
    ...(ManagerStatus?.Leader === true ? ['leader'] : []),
    ...(Status.State === 'ready' ? [] : [Status.State]),
    ...(Spec.Availability === 'active' ? [] : [Spec.Availability]),
  ];
  return words.join(', ');
}
