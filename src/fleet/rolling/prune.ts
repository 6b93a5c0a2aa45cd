import { OperationError } from '../../support/index.js';
import { actualMembers, type ActualMember } from '../platform/swarm/members.js';
import { forgetNode, lostNodes, withdrawNode } from '../platform/swarm/withdraw-node.js';
import { removeHosts } from '../hosts/change/apply-hosts.js';
import type { FleetContext } from '../context/fleet-context.js';
import { foreignHosts } from '../hosts/ownership/ownership.js';

/**
 * Removes hosts while the others go on working: members of a swarm one after the other, workers first, each drained
 * and, if it is a manager, demoted before; then all others. The first member that cannot be taken out is the last
 * that is tried. Resolves with the names of those that are gone.
 */
export async function pruneHosts(
  context: FleetContext,
  names: readonly string[],
): Promise<readonly string[]> {
  const { stop } = context;
  const staying = await ownDeclared(context);
  const members = await actualMembers(context, [...staying, ...names]);
  const leaving = members.filter(({ name }) => names.includes(name));
  const rest = members.filter(({ name }) => staying.includes(name));
  const gone: string[] = [];
  for (const member of leaving.toSorted((a, b) => Number(a.manages) - Number(b.manages))) {
    if (stop.aborted || !(await takenOut(context, member, rest))) return gone;
    const removed = await removeHosts(context, [member.name]);
    gone.push(...removed);
    if (removed.length === 0) return gone;
  }
  const others = names.filter((name) => !leaving.some((member) => member.name === name));
  gone.push(...(await removeHosts(context, others)));
  const manager = rest.find(({ manages }) => manages);
  if (manager !== undefined) await forgetLost(context, manager, gone);
  return gone;
}

/** Declared hosts that this tool made: it works through no other's engine. */
async function ownDeclared(context: FleetContext): Promise<readonly string[]> {
  const foreign = await foreignHosts(context);
  return context.fleet.hosts.map(({ name }) => name).filter((name) => !foreign.has(name));
}

async function takenOut(
  context: FleetContext,
  member: ActualMember,
  rest: readonly ActualMember[],
): Promise<boolean> {
  try {
    await takeOut(context, member, rest);
    return true;
  } catch (error) {
    context.reporter.warn(OperationError.from(error, `take ${member.name} out of the swarm`).message);
    return false;
  }
}

/** Rejects with `conflict` when hosts that stay would be left in a swarm without a manager. */
async function takeOut(
  { stop: signal, clock, reporter }: FleetContext,
  { name, node: id, engine }: ActualMember,
  rest: readonly ActualMember[],
): Promise<void> {
  const manager = rest.find(({ manages }) => manages);
  if (manager === undefined && rest.length > 0) {
    throw new OperationError({
      code: 'conflict',
      attempted: `take ${name} out of the swarm`,
      problem: `${rest.map((one) => one.name).join(', ')} would be left in a swarm without a manager`,
      advice: 'Let a host that stays be a manager of it (swarm: manager), apply, and prune then.',
    });
  }
  const say = (text: string): void => reporter.step(name, text);
  const node = { id, name };
  if (manager !== undefined) await withdrawNode(manager.engine, node, { signal, clock, say });
  say('leaving the swarm');
  await engine.post('/swarm/leave?force=true', undefined, 'leave the swarm', signal);
  if (manager !== undefined) await forgetNode(manager.engine, node, signal);
}

/** Nodes of hosts whose engines did not answer any more when they were removed. */
async function forgetLost(
  { stop: signal, clock, reporter }: FleetContext,
  { engine }: ActualMember,
  gone: readonly string[],
): Promise<void> {
  try {
    for (const { id, name } of await lostNodes(engine, gone, signal)) {
      const say = (text: string): void => reporter.note(`${name}: ${text}`);
      await withdrawNode(engine, { id, name }, { signal, clock, say });
      await forgetNode(engine, { id, name }, signal);
    }
  } catch (error) {
    reporter.warn(OperationError.from(error, 'remove lost nodes from the swarm').message);
  }
}
