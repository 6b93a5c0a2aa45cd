import { OperationError, type Clock } from '../../support/index.js';
import { ownNode } from './acting-manager.js';
import type { Member } from './member.js';
import { nodesShape, type Node } from './shapes.js';
import { waitUntil, type Wait } from './wait-until.js';

/** A new manager takes part within seconds, and so does the rest without a former one; ms. */
const LIMIT = 60_000;

export interface HandOverOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly say: (host: string, text: string) => void;
}

/** Waits until a declared manager counts, so that a worker that stands in for it can go back to its own work. */
export async function successorOf(
  acting: Member,
  members: readonly Member[],
  options: HandOverOptions,
): Promise<Member> {
  const declared = members.filter(({ membership }) => membership.role === 'manager');
  const [first] = declared;
  if (first === undefined) throw noManagerRuns();
  let found = first;
  await waitUntil(waitOf(acting, first, options), async () => {
    const nodes = await nodesOf(acting, options.signal);
    for (const member of declared) {
      const own = await ownNode(member, options.signal);
      const status = nodes.find(({ ID }) => ID === own?.id)?.ManagerStatus;
      if (own?.controls !== true || status?.Reachability !== 'reachable') continue;
      found = member;
      return undefined;
    }
    return 'not yet reachable as a manager';
  });
  return found;
}

/** Waits until the swarm is managed without the worker that stood in, so that what comes next meets no election. */
export async function untilManagedWithout(
  former: Member,
  manager: Member,
  options: HandOverOptions,
): Promise<void> {
  const id = (await ownNode(former, options.signal))?.id;
  await waitUntil(waitOf(former, former, options), async () => {
    const nodes = await nodesOf(manager, options.signal);
    const node = nodes.find(({ ID }) => ID === id);
    return node?.ManagerStatus == null ? undefined : 'still among the managers';
  });
}

/** Workers alone can neither begin nor manage a swarm. */
export function noManagerRuns(): OperationError {
  return new OperationError({
    code: 'unavailable',
    attempted: 'form the swarm',
    problem: 'none of the hosts that shall manage it runs',
    advice: 'Start one first: apply without --recreate starts hosts that are stopped.',
  });
}

function waitOf(acting: Member, about: Member, { signal, clock, say }: HandOverOptions): Wait {
  const attempted = `hand the swarm over from ${acting.name}`;
  return { attempted, limit: LIMIT, clock, signal, say: (text) => say(about.name, text) };
}

function nodesOf({ engine }: Member, signal: AbortSignal): Promise<readonly Node[]> {
  return engine.get('/nodes', nodesShape, 'list the nodes of the swarm', signal);
}
