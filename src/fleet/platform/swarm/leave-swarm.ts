import { OperationError } from '../../../support/index.js';
import type { Member } from './members.js';
import { infoShape, type SwarmNode } from './engine.js';
import { updateNode } from './update-node.js';

export interface LeaveOptions {
  readonly signal: AbortSignal;
  readonly say: (host: string, text: string) => void;
  /** What could not be done; the hosts are removed all the same. */
  readonly warn: (text: string) => void;
}

/**
 * Takes hosts out of their swarm in the order that keeps it alive for those that stay: workers are drained and
 * leave, managers are demoted and leave one by one, the last one ends the swarm. Never rejects: a host that is
 * about to be removed need not leave politely.
 */
export async function leaveSwarm(members: readonly Member[], options: LeaveOptions): Promise<void> {
  const managers = members.filter(({ membership }) => membership.role === 'manager');
  const [last] = managers;
  const workers = members.filter(({ membership }) => membership.role === 'worker');
  for (const member of [...workers, ...managers.toReversed()]) {
    try {
      await leave(member, member === last ? undefined : last, options);
    } catch (error) {
      options.warn(OperationError.from(error, `take ${member.name} out of the swarm`).message);
    }
  }
}

async function leave(
  member: Member,
  manager: Member | undefined,
  { signal, say }: LeaveOptions,
): Promise<void> {
  const { engine, name } = member;
  const { Swarm } = await engine.get('/info', infoShape, 'ask for its swarm', signal);
  if (Swarm.LocalNodeState === 'inactive') return;
  say(name, 'leaving the swarm');
  if (manager !== undefined) await retire(manager, Swarm.NodeID, signal);
  await engine.post('/swarm/leave?force=true', undefined, 'leave the swarm', signal);
}

/** Drained, so that its containers move, and demoted, so that it does not count for a majority. */
async function retire({ engine }: Member, id: string, signal: AbortSignal): Promise<void> {
  const specFor = ({ Spec }: SwarmNode): object => ({ ...Spec, Availability: 'drain', Role: 'worker' });
  await updateNode(engine, id, { attempted: `drain the node ${id}`, specFor }, signal);
}
