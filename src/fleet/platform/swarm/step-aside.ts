import { OperationError, type Clock } from '../../../support/index.js';
import { actingManager, ownNode, requireActingManager, type ActingManager } from './acting-manager.js';
import { type EngineClient, nodesShape, type SwarmNode } from './engine.js';
import type { Member } from './members.js';
import { placeableProblem, tasksOn } from './services.js';
import { updateNode } from './update-node.js';
import { waitUntil, type SwarmWait } from './wait-until.js';
import { isReachable, quorumProblem } from './order.js';

export interface AsideOptions {
  /** The host goes for good: its node leaves the swarm. Otherwise it comes back as the same node. */
  readonly forGood: boolean;
  /** The user has agreed that a swarm ends with its only host. */
  readonly loseSwarm: boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly say: (text: string) => void;
}

/** Containers get their time to stop, which may be minutes; ms. */
const DRAIN_LIMIT = 600_000;
/** Services that move may have images to fetch; ms. */
const MOVE_LIMIT = 180_000;
const ROLE_LIMIT = 60_000;

/**
 * Takes a host out of the work of its swarm before it goes: drained, until nothing of a service is left on it and
 * that runs elsewhere as far as it can; demoted, once the other managers are a quorum without it, for whom a worker
 * stands in when there are none; and out of the list of nodes if it goes for good. Every step can be repeated.
 */
export async function stepAside(
  name: string,
  members: readonly Member[],
  options: AsideOptions,
): Promise<void> {
  const { signal, say } = options;
  const others = members.filter((member) => member.name !== name);
  const own = members.find((member) => member.name === name);
  const acting = (await actingManager(others, signal)) ?? (await standIn(name, own, others, options));
  if (acting === undefined) return;
  const { engine } = acting.member;
  const node = await nodeOf(name, own, acting.nodes, signal);
  if (node === undefined) return;
  await drain(name, node, engine, options);
  if (node.Spec.Role === 'manager') await demote(name, node, others, options);
  if (!options.forGood) return;
  say('leaving the swarm');
  if (own !== undefined)
    await own.engine.post('/swarm/leave?force=true', undefined, `take ${name} out`, signal);
  const last = await requireActingManager(others, `remove the node of ${name}`, signal);
  await last.member.engine.delete(`/nodes/${node.ID}?force=true`, `remove the node of ${name}`, signal);
}

type Waiting = Pick<SwarmWait, 'clock' | 'signal' | 'say'>;

/** The node that a host is, or was when it last answered. */
async function nodeOf(
  name: string,
  own: Member | undefined,
  nodes: readonly SwarmNode[],
  signal: AbortSignal,
): Promise<SwarmNode | undefined> {
  if (own === undefined) return nodes.find(({ Description }) => Description.Hostname === name);
  const id = (await ownNode(own, signal))?.id;
  return nodes.find(({ ID }) => ID === id);
}

async function drain(
  name: string,
  { ID, Status }: SwarmNode,
  engine: EngineClient,
  waiting: Waiting,
): Promise<void> {
  const { signal, say } = waiting;
  say?.('draining: its containers move to other hosts');
  const specFor = ({ Spec }: SwarmNode): object | undefined =>
    Spec.Availability === 'drain' ? undefined : { ...Spec, Availability: 'drain' };
  await updateNode(engine, ID, { attempted: `drain ${name}`, specFor }, signal);
  // A node that is down reports no more; its tasks would count for ever.
  if (Status.State !== 'ready') return;
  const advice = 'Look at docker node ps; apply sets its availability back to what the file says.';
  await waitUntil({ ...waiting, attempted: `drain ${name}`, limit: DRAIN_LIMIT, advice }, async () => {
    const tasks = await tasksOn(engine, ID, signal);
    return tasks === 0 ? undefined : `${tasks} of its tasks have not ended`;
  });
  await waitUntil({ ...waiting, attempted: `move the services of ${name}`, limit: MOVE_LIMIT, advice }, () =>
    placeableProblem(engine, signal),
  );
}

/** Only while the others decide by majority without it. */
async function demote(
  name: string,
  { ID }: SwarmNode,
  others: readonly Member[],
  waiting: Waiting,
): Promise<void> {
  const { signal, say } = waiting;
  const attempted = `demote ${name}`;
  const { member, nodes } = await requireActingManager(others, attempted, signal);
  const problem = quorumProblem(nodes, ID);
  if (problem !== undefined) {
    const advice = 'Start the other managers first, or take lost ones out of the swarm.';
    throw new OperationError({ code: 'conflict', attempted, problem, advice });
  }
  say?.('demoting: the other managers go on without it');
  const specFor = ({ Spec }: SwarmNode): object | undefined =>
    Spec.Role === 'worker' ? undefined : { ...Spec, Role: 'worker' };
  await updateNode(member.engine, ID, { attempted, specFor }, signal);
  await waitUntil({ ...waiting, attempted, limit: ROLE_LIMIT }, async () => {
    const acting = await actingManager(others, signal);
    if (acting === undefined) return 'the other managers do not answer';
    const node = acting.nodes.find((one) => one.ID === ID);
    return node?.ManagerStatus == null ? undefined : 'it is still among the managers';
  });
}

/** For the time in which the only manager is away a worker becomes one; apply makes it a worker again afterwards. */
async function standIn(
  name: string,
  own: Member | undefined,
  others: readonly Member[],
  options: AsideOptions,
): Promise<ActingManager | undefined> {
  const { forGood, loseSwarm, signal } = options;
  const attempted = `take ${name} out of the swarm`;
  const acting = own === undefined ? undefined : await actingManager([own], signal);
  if (own === undefined || acting === undefined) {
    // A host that is in no swarm (yet) leaves none; one that is in a swarm cannot leave it without a manager.
    if (own !== undefined && (await ownNode(own, signal)) === undefined) return undefined;
    throw noManager(attempted);
  }
  // After a restart the only manager finds its swarm on its disk.
  if (!forGood) return undefined;
  for (const member of others) {
    const id = (await ownNode(member, signal))?.id;
    const node = acting.nodes.find(({ ID }) => ID === id);
    if (node?.Status.State !== 'ready') continue;
    return await promote(member, node, acting.member.engine, options);
  }
  if (loseSwarm) return undefined;
  throw onlyHost(name);
}

async function promote(
  member: Member,
  { ID }: SwarmNode,
  engine: EngineClient,
  { signal, clock, say }: AsideOptions,
): Promise<ActingManager> {
  const attempted = `make ${member.name} a manager for the time being`;
  say(`${member.name} stands in as manager`);
  const specFor = ({ Spec }: SwarmNode): object | undefined =>
    Spec.Role === 'manager' ? undefined : { ...Spec, Role: 'manager' };
  await updateNode(engine, ID, { attempted, specFor }, signal);
  await waitUntil({ attempted, limit: ROLE_LIMIT, clock, signal, say }, async () => {
    const nodes = await engine.get('/nodes', nodesShape, 'list the nodes of the swarm', signal);
    const node = nodes.find((one) => one.ID === ID);
    const controls = (await ownNode(member, signal))?.controls === true;
    if (controls && node !== undefined && isReachable(node)) return undefined;
    return `${member.name} is not yet reachable as a manager`;
  });
  return await requireActingManager([member], attempted, signal);
}

/** A swarm that has one host ends with it. */
export function onlyHost(name: string): OperationError {
  return new OperationError({
    code: 'conflict',
    attempted: `replace ${name}`,
    problem: 'it is the only host of its swarm, whose secrets, services and networks would end with it',
    advice: 'Add a host to the swarm first, or give --lose-swarm as well.',
  });
}

function noManager(attempted: string): OperationError {
  return new OperationError({
    code: 'unavailable',
    attempted,
    problem: 'no manager of the swarm answers',
    advice: 'Start the managers first.',
  });
}
