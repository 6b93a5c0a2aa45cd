import { OperationError } from '../../../support/index.js';
import type { Member } from './members.js';
import { infoShape, nodesShape, type SwarmNode } from './engine.js';

/** A manager that answers, and the nodes as it sees them. */
export interface ActingManager {
  readonly member: Member;
  readonly nodes: readonly SwarmNode[];
}

/** The first member that manages the swarm and answers; declared managers are asked first. */
export async function actingManager(
  members: readonly Member[],
  signal: AbortSignal,
): Promise<ActingManager | undefined> {
  for (const member of managersFirst(members)) {
    try {
      if ((await ownNode(member, signal))?.controls !== true) continue;
      const nodes = await member.engine.get('/nodes', nodesShape, 'list the nodes of the swarm', signal);
      return { member, nodes };
    } catch {
      // An engine that does not answer cannot act; another one may.
      signal.throwIfAborted();
    }
  }
  return undefined;
}

export function managersFirst(members: readonly Member[]): readonly Member[] {
  const isManager = ({ membership }: Member): boolean => membership.role === 'manager';
  return [...members.filter(isManager), ...members.filter((member) => !isManager(member))];
}

/** The node that a member's engine is; undefined = it is in no swarm. */
export async function ownNode(
  { engine }: Member,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly controls: boolean } | undefined> {
  const { Swarm } = await engine.get('/info', infoShape, 'ask for its swarm', signal);
  if (Swarm.LocalNodeState === 'inactive' || Swarm.NodeID === '') return undefined;
  return { id: Swarm.NodeID, controls: Swarm.ControlAvailable };
}

/** For an action that needs a manager. */
export async function requireActingManager(
  members: readonly Member[],
  attempted: string,
  signal: AbortSignal,
): Promise<ActingManager> {
  const acting = await actingManager(members, signal);
  if (acting !== undefined) return acting;
  throw new OperationError({
    code: 'unavailable',
    attempted,
    problem: 'no manager of the swarm answers',
    advice: 'Start the managers again, then apply.',
  });
}
