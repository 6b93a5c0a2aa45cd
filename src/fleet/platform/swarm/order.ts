import type { SwarmNode } from './engine.js';

/** What a host is in its swarm; `none` = it is in no swarm. */
export type Standing = 'none' | 'worker' | 'manager' | 'leader';

const TURN: readonly Standing[] = ['none', 'worker', 'manager', 'leader'];

/** Whose turn is next: workers come before managers, the leader last; among equals the order of the file decides. */
export function nextInTurn<T>(waiting: readonly T[], standingOf: (one: T) => Standing): T | undefined {
  return waiting.toSorted((a, b) => TURN.indexOf(standingOf(a)) - TURN.indexOf(standingOf(b)))[0];
}

export function standingOf({ Spec, ManagerStatus }: SwarmNode): Standing {
  if (ManagerStatus?.Leader === true) return 'leader';
  return Spec.Role;
}

/**
 * Why a manager must not be taken away; undefined = it may be. The managers decide by majority, both about its
 * leaving and afterwards among those that stay.
 */
export function quorumProblem(nodes: readonly SwarmNode[], id: string): string | undefined {
  const managers = nodes.filter(({ Spec }) => Spec.Role === 'manager');
  const others = managers.filter(({ ID }) => ID !== id);
  const now = managers.filter(isReachable).length;
  const then = others.filter(isReachable).length;
  if (now * 2 <= managers.length) return `only ${now} of ${managers.length} managers can be reached`;
  if (then * 2 <= others.length) {
    return `without it only ${then} of the other ${others.length} managers can be reached`;
  }
  return undefined;
}

export function isReachable({ ManagerStatus }: SwarmNode): boolean {
  return ManagerStatus?.Reachability === 'reachable';
}
