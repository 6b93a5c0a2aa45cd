import { hasCode } from '../../../support/index.js';
import type { Membership } from '../../declaration/schema.js';
import { type EngineClient, nodesShape, type SwarmNode } from './engine.js';

/** The swarm itself writes into a node that has just joined; so many times in a row it does not. */
const ATTEMPTS = 5;

export interface NodeChange {
  /** For messages. */
  readonly attempted: string;
  /** The node's new spec; undefined = it shall stay as it is. */
  readonly specFor: (node: SwarmNode) => object | undefined;
}

/**
 * Changes a node by way of a manager's engine, from what the node is now: a change that is based on a version
 * that is old by then is refused by the swarm, and made again from the new one. False = nothing was to do.
 */
export async function updateNode(
  engine: EngineClient,
  id: string,
  { attempted, specFor }: NodeChange,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const nodes = await engine.get('/nodes', nodesShape, 'list the nodes of the swarm', signal);
    const node = nodes.find(({ ID }) => ID === id);
    const spec = node === undefined ? undefined : specFor(node);
    if (node === undefined || spec === undefined) return false;
    try {
      await engine.post(`/nodes/${id}/update?version=${node.Version.Index}`, spec, attempted, signal);
      return true;
    } catch (error) {
      if (attempt === ATTEMPTS || !isOutdated(error)) throw error;
    }
  }
}

function isOutdated(error: unknown): boolean {
  return hasCode(error, 'unavailable') && error.problem.includes('update out of sequence');
}

/** A node's spec as declared, or undefined when it is as declared already. Labels of others stay. */
export function changedSpec(
  { Spec }: SwarmNode,
  { role, availability, labels = {} }: Membership,
): object | undefined {
  const now = Spec.Labels ?? {};
  const wanted = availability ?? 'active';
  const same =
    Spec.Role === role &&
    Spec.Availability === wanted &&
    Object.entries(labels).every(([key, value]) => now[key] === value);
  return same ? undefined : { ...Spec, Role: role, Availability: wanted, Labels: { ...now, ...labels } };
}

/** Nodes that a host may have left behind: of its name, but not the node that its engine is now. */
export function formerSelves(
  nodes: readonly SwarmNode[],
  current: ReadonlyMap<string, string>,
): readonly SwarmNode[] {
  return nodes.filter(({ ID, Description }) => {
    const own = current.get(Description.Hostname);
    return own !== undefined && own !== ID;
  });
}
