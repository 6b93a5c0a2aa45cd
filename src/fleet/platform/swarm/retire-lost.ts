import { poll, type Clock } from '../../../support/index.js';
import { type EngineClient, nodesShape, type Info, type SwarmNode } from './engine.js';
import type { Member } from './members.js';
import { formerSelves, updateNode } from './update-node.js';

/** Managers miss a node after three heartbeats, 15 s; more where they themselves have little time. ms. */
const LIMIT = 60_000;
const PAUSE = 1_000;

export interface RetireOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly say: (host: string, text: string) => void;
}

/**
 * Removes the nodes of hosts that were made again: they count for the majority of managers until then. A host is
 * made faster than the swarm misses the one before it, so that is waited for. A node that stays up is a
 * host of another fleet and stays. Gives the nodes that are left, and how many were removed.
 */
export async function retireLost(
  engine: EngineClient,
  infos: ReadonlyMap<Member, Info>,
  options: RetireOptions,
): Promise<{ readonly nodes: readonly SwarmNode[]; readonly removed: number }> {
  const current = new Map([...infos].map(([{ name }, { Swarm }]) => [name, Swarm.NodeID]));
  const { nodes, former } = await whenMissed(engine, current, options);
  const lost = former.filter(({ Status }) => Status.State === 'down');
  for (const node of lost) await retire(engine, node, options);
  return { nodes: nodes.filter((node) => !lost.includes(node)), removed: lost.length };
}

interface Nodes {
  readonly nodes: readonly SwarmNode[];
  /** Those that hosts have left behind. */
  readonly former: readonly SwarmNode[];
}

/** The nodes, once none that a host has left behind counts as up, or after a while all the same. */
async function whenMissed(
  engine: EngineClient,
  current: ReadonlyMap<string, string>,
  { signal, clock, say }: RetireOptions,
): Promise<Nodes> {
  const until = clock.now() + LIMIT;
  return await poll<Nodes>(
    async (attempt) => {
      const nodes = await engine.get('/nodes', nodesShape, 'list the nodes of the swarm', signal);
      const former = formerSelves(nodes, current);
      const up = former.find(({ Status }) => Status.State !== 'down');
      if (up === undefined || clock.now() >= until) return { ready: true, value: { nodes, former } };
      if (attempt === 1) say(up.Description.Hostname, 'waiting for the swarm to miss its former self');
      return { ready: false };
    },
    { clock, signal, delays: () => PAUSE },
  );
}

async function retire(
  engine: EngineClient,
  { ID, Description }: SwarmNode,
  { signal, say }: RetireOptions,
): Promise<void> {
  say(Description.Hostname, 'removing the node of its former self');
  await updateNode(engine, ID, { attempted: `demote the lost node ${ID}`, specFor: demoted }, signal);
  await engine.delete(`/nodes/${ID}?force=true`, `remove the lost node ${ID}`, signal);
}

function demoted({ Spec }: SwarmNode): object | undefined {
  return Spec.Role === 'manager' ? { ...Spec, Role: 'worker' } : undefined;
}
