import type { Membership } from '../../declaration/schema.js';
import type { SwarmNode } from './shapes.js';

/** A node's spec as declared, or undefined when it is so already. Labels of others stay. */
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
