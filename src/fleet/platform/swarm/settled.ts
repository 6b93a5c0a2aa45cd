import type { Clock } from '../../../support/index.js';
import { actingManager, ownNode } from './acting-manager.js';
import type { Member } from './members.js';
import { serviceProblem } from './services.js';
import type { SwarmNode } from './engine.js';
import { waitUntil } from './wait-until.js';

/** A node that has just joined has images to fetch; ms. */
const LIMIT = 300_000;

export interface SettleOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** Waits until every member is ready, every manager counts, and every service runs as many tasks as it shall. */
export async function untilSettled(members: readonly Member[], options: SettleOptions): Promise<void> {
  const wait = {
    ...options,
    attempted: 'wait for the swarm to be well',
    limit: LIMIT,
    advice: 'Look at docker node ls and docker service ps; a service that is not needed can be scaled to 0.',
  };
  await waitUntil(wait, () => unsettled(members, options.signal));
}

async function unsettled(members: readonly Member[], signal: AbortSignal): Promise<string | undefined> {
  const acting = await actingManager(members, signal);
  if (acting === undefined) return 'no manager answers';
  for (const member of members) {
    const own = await ownNode(member, signal);
    const problem = nodeProblem(
      member,
      acting.nodes.find(({ ID }) => ID === own?.id),
    );
    if (problem !== undefined) return `${member.name} ${problem}`;
  }
  const lost = acting.nodes.find(({ Spec, Status }) => Spec.Role === 'manager' && Status.State !== 'ready');
  if (lost !== undefined) return `the manager ${lost.Description.Hostname} is ${lost.Status.State}`;
  return await serviceProblem(acting.member.engine, signal);
}

/** What is not as it shall be with the node of a member; undefined = nothing. */
export function nodeProblem({ membership }: Member, node: SwarmNode | undefined): string | undefined {
  if (node === undefined) return 'is not in the swarm';
  if (node.Status.State !== 'ready') return `is ${node.Status.State} in the swarm`;
  if (node.Spec.Role !== membership.role) return `is ${node.Spec.Role}, not ${membership.role}`;
  if (membership.role === 'worker') return undefined;
  const reachability = node.ManagerStatus?.Reachability ?? '';
  return reachability === 'reachable' ? undefined : 'is not yet reachable as a manager';
}
