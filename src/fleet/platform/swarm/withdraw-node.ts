import { OperationError, poll, type Clock, type Probed } from '../../../support/index.js';
import { type EngineClient, nodesShape, type SwarmNode } from './engine.js';
import { tasksOn } from './services.js';
import { updateNode } from './update-node.js';

/** Containers get this long to stop on a drained node, ms; Docker's own grace period is 10 s. */
const DRAIN_LIMIT = 120_000;
/** How long a demoted manager may stay in the managers' list, ms. */
const DEMOTE_LIMIT = 60_000;
const PAUSE = 1_000;

export interface WithdrawOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** What is being done, for the user. */
  readonly say: (text: string) => void;
}

/** A node of the swarm, and the name of its host for messages. */
export interface NamedNode {
  readonly id: string;
  readonly name: string;
}

/**
 * Takes a node out of use without harm to the swarm: a manager is demoted, which is refused when those that stay
 * would have no majority, and the node is drained until nothing of the swarm runs on it. Afterwards its host may be
 * removed. `engine` is that of a manager that stays. A node that is down cannot stop anything and is not waited for.
 */
export async function withdrawNode(
  engine: EngineClient,
  node: NamedNode,
  options: WithdrawOptions,
): Promise<void> {
  await requireMajority(engine, node, options.signal);
  await drainNode(engine, node, options);
  await demoteNode(engine, node, options);
}

/** Removes a node that has left from the swarm's list. */
export async function forgetNode(
  engine: EngineClient,
  { id, name }: NamedNode,
  signal: AbortSignal,
): Promise<void> {
  if ((await find(engine, id, signal)) === undefined) return;
  await engine.delete(`/nodes/${id}?force=true`, `remove the node ${name} from the swarm`, signal);
}

/** Nodes of these hosts that the swarm counts as down. */
export async function lostNodes(
  engine: EngineClient,
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<readonly NamedNode[]> {
  const nodes = await nodesOf(engine, signal);
  return nodes
    .filter(({ Status, Description }) => Status.State === 'down' && hosts.includes(Description.Hostname))
    .map(({ ID, Description }) => ({ id: ID, name: Description.Hostname }));
}

/** Its tasks are stopped, and begun again on other nodes where the services allow it. Rejects with `timeout`. */
export async function drainNode(
  engine: EngineClient,
  { id, name }: NamedNode,
  { signal, clock, say }: WithdrawOptions,
): Promise<void> {
  const attempted = `drain the node ${name}`;
  say('draining its node of the swarm');
  const specFor = ({ Spec }: SwarmNode): object | undefined =>
    Spec.Availability === 'drain' ? undefined : { ...Spec, Availability: 'drain' };
  await updateNode(engine, id, { attempted, specFor }, signal);
  const until = clock.now() + DRAIN_LIMIT;
  const probe = async (): Promise<Probed<undefined>> => {
    const gone = { ready: true, value: undefined } as const;
    if ((await find(engine, id, signal))?.Status.State !== 'ready') return gone;
    const alive = await tasksOn(engine, id, signal);
    if (alive === 0) return gone;
    if (clock.now() < until) return { ready: false };
    throw new OperationError({
      code: 'timeout',
      attempted,
      problem: `after ${DRAIN_LIMIT / 1000} s ${alive} of its tasks still run`,
      advice: `See docker node ps ${name}.`,
    });
  };
  await poll(probe, { clock, signal, delays: () => PAUSE });
}

/** A worker stays one. Rejects with `timeout` when the managers keep it in their list. */
async function demoteNode(
  engine: EngineClient,
  { id, name }: NamedNode,
  { signal, clock, say }: WithdrawOptions,
): Promise<void> {
  const attempted = `demote the manager ${name}`;
  const before = await find(engine, id, signal);
  if (before?.Spec.Role !== 'manager') return;
  say('demoting it from a manager of the swarm');
  const specFor = ({ Spec }: SwarmNode): object => ({ ...Spec, Role: 'worker' });
  await updateNode(engine, id, { attempted, specFor }, signal);
  const until = clock.now() + DEMOTE_LIMIT;
  const probe = async (): Promise<Probed<undefined>> => {
    const node = await find(engine, id, signal);
    if ((node?.ManagerStatus ?? undefined) === undefined) return { ready: true, value: undefined };
    if (clock.now() < until) return { ready: false };
    const problem = `it is still in the list of managers after ${DEMOTE_LIMIT / 1000} s`;
    throw new OperationError({ code: 'timeout', attempted, problem });
  };
  await poll(probe, { clock, signal, delays: () => PAUSE });
}

/** Rejects with `conflict` when the swarm could not be managed any more without this manager. */
async function requireMajority(
  engine: EngineClient,
  { id, name }: NamedNode,
  signal: AbortSignal,
): Promise<void> {
  const nodes = await nodesOf(engine, signal);
  const managers = nodes.filter(({ Spec }) => Spec.Role === 'manager');
  if (!managers.some(({ ID }) => ID === id)) return;
  const staying = managers.filter(({ ID }) => ID !== id);
  const reachable = staying.filter(({ ManagerStatus }) => ManagerStatus?.Reachability === 'reachable');
  if (reachable.length * 2 > staying.length) return;
  throw new OperationError({
    code: 'conflict',
    attempted: `demote the manager ${name}`,
    problem: `${reachable.length} of the ${staying.length} managers that stay answer, which is no majority`,
    advice: 'Start the other managers first.',
  });
}

async function find(engine: EngineClient, id: string, signal: AbortSignal): Promise<SwarmNode | undefined> {
  return (await nodesOf(engine, signal)).find(({ ID }) => ID === id);
}

function nodesOf(engine: EngineClient, signal: AbortSignal): Promise<readonly SwarmNode[]> {
  return engine.get('/nodes', nodesShape, 'list the nodes of the swarm', signal);
}
