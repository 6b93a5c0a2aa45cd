import { hasCode, OperationError, type Clock } from '../../../support/index.js';
import type { SwarmSettings } from '../../declaration/schema.js';
import { managersFirst, ownNode } from './acting-manager.js';
import type { Member } from './members.js';
import { changedSpec, updateNode } from './update-node.js';
import { retireLost } from './retire-lost.js';
import { infoShape, nodesShape, swarmShape, type Info, type SwarmNode, type Swarm } from './engine.js';
import { waitUntil } from './wait-until.js';

export interface FormOptions {
  readonly settings: SwarmSettings;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** What is being done to a host, for a user. */
  readonly say: (host: string, text: string) => void;
}

export interface FormedSwarm {
  /** A manager that answers; deployments go there. */
  readonly manager: Member;
  /** How many changes were made; 0 = it was as declared. */
  readonly changes: number;
}

const PORT = 2377;
/** A new manager takes part within seconds; ms. */
const HAND_OVER_LIMIT = 60_000;
const LISTEN = `0.0.0.0:${PORT}`;

/**
 * Makes the members one swarm, as declared: the first manager begins it, other managers join one after the
 * other (a change of the managers needs a majority of them), then the workers. What is as declared already stays.
 */
export async function formSwarm(members: readonly Member[], options: FormOptions): Promise<FormedSwarm> {
  const { signal } = options;
  const infos = new Map<Member, Info>();
  const readInfo = async (member: Member): Promise<void> =>
    void infos.set(member, await infoOf(member, signal));
  await Promise.all(members.map(readInfo));
  let changes = 0;
  const managers = members.filter(({ membership }) => membership.role === 'manager');
  let acting = await findActing(managersFirst(members), infos, signal);
  if (acting === undefined) {
    acting = await begin(managers, infos, options);
    await readInfo(acting.member);
    changes++;
  }
  const { nodes, removed } = await retireLost(acting.member.engine, infos, options);
  changes += removed;
  const others = members.filter((member) => member !== acting.member);
  const byRole = (role: 'manager' | 'worker'): readonly Member[] =>
    others.filter(({ membership }) => membership.role === role);
  const joinOne = (member: Member): Promise<number> => join(member, acting, nodes, infos, options);
  for (const member of byRole('manager')) changes += await joinOne(member);
  for (const made of await Promise.all(byRole('worker').map(joinOne))) changes += made;
  const manager = await declaredManager(acting.member, members, options);
  changes += await adjustNodes(manager, members, options);
  return { manager, changes };
}

/** A worker that stands in as the only manager goes back to its own work only when a declared manager counts. */
async function declaredManager(
  acting: Member,
  members: readonly Member[],
  { clock, signal, say }: FormOptions,
): Promise<Member> {
  if (acting.membership.role === 'manager') return acting;
  const declared = members.filter(({ membership }) => membership.role === 'manager');
  const [first = acting] = declared;
  const wait = {
    attempted: `hand the swarm over from ${acting.name}`,
    limit: HAND_OVER_LIMIT,
    clock,
    signal,
    say: (text: string) => say(first.name, text),
  };
  let found = acting;
  await waitUntil(wait, async () => {
    const nodes = await nodesOf(acting, signal);
    for (const member of declared) {
      const own = await ownNode(member, signal);
      const status = nodes.find(({ ID }) => ID === own?.id)?.ManagerStatus;
      if (own?.controls === true && status?.Reachability === 'reachable') {
        found = member;
        return undefined;
      }
    }
    return 'not yet reachable as a manager';
  });
  return found;
}

interface Acting {
  readonly member: Member;
  readonly swarm: Swarm;
}

/** A declared host that is a working manager. Two different swarms are an error: neither may be broken up. */
async function findActing(
  members: readonly Member[],
  infos: ReadonlyMap<Member, Info>,
  signal: AbortSignal,
): Promise<Acting | undefined> {
  const found: Acting[] = [];
  let lost: OperationError | undefined;
  for (const member of members) {
    if (infos.get(member)?.Swarm.ControlAvailable !== true) continue;
    try {
      const swarm = await member.engine.get('/swarm', swarmShape, 'read the swarm', signal);
      found.push({ member, swarm });
    } catch (error) {
      if (!hasCode(error, 'unavailable')) throw error;
      lost = error;
    }
  }
  const [first] = found;
  const other = found.find(({ swarm }) => swarm.ID !== first?.swarm.ID);
  if (first !== undefined && other !== undefined) {
    throw refused(other.member, `it is in another swarm than ${first.member.name}`);
  }
  if (first === undefined && lost !== undefined) {
    throw new OperationError({
      code: 'unavailable',
      attempted: 'form the swarm',
      problem: lost.problem,
      advice:
        'Most of its managers are lost: start them again, or run docker swarm init --force-new-cluster on one.',
      cause: lost,
    });
  }
  return first;
}

async function begin(
  managers: readonly Member[],
  infos: ReadonlyMap<Member, Info>,
  options: FormOptions,
): Promise<Acting> {
  const { settings, signal, say } = options;
  const [first] = managers;
  if (first === undefined) throw new TypeError('a swarm without managers');
  if (infos.get(first)?.Swarm.LocalNodeState !== 'inactive') {
    throw refused(first, 'it is in a swarm that none of the declared hosts manages');
  }
  say(first.name, 'beginning the swarm');
  const pool = settings['address-pool'] === undefined ? {} : { DefaultAddrPool: settings['address-pool'] };
  const body = { ListenAddr: LISTEN, ...addressesOf(first), ...pool };
  await first.engine.post('/swarm/init', body, 'begin the swarm', signal);
  return { member: first, swarm: await first.engine.get('/swarm', swarmShape, 'read the swarm', signal) };
}

function addressesOf({ advertise, dataPath }: Member): object {
  return { AdvertiseAddr: advertise, ...(dataPath === undefined ? {} : { DataPathAddr: dataPath }) };
}

async function join(
  member: Member,
  { member: manager, swarm }: Acting,
  nodes: readonly SwarmNode[],
  infos: ReadonlyMap<Member, Info>,
  { signal, say }: FormOptions,
): Promise<number> {
  const { LocalNodeState: state = 'inactive', NodeID: id = '' } = infos.get(member)?.Swarm ?? {};
  if (state === 'active' || state === 'pending') {
    if (nodes.some(({ ID }) => ID === id)) return 0;
    throw refused(member, 'it is in another swarm');
  }
  const { engine, name, membership } = member;
  if (state !== 'inactive')
    await engine.post('/swarm/leave?force=true', undefined, 'leave a broken swarm', signal);
  say(name, `joining the swarm as ${membership.role}`);
  const { Manager, Worker } = swarm.JoinTokens;
  const body = {
    ListenAddr: LISTEN,
    ...addressesOf(member),
    RemoteAddrs: [hostPort(manager.advertise)],
    JoinToken: membership.role === 'manager' ? Manager : Worker,
  };
  await engine.post('/swarm/join', body, 'join the swarm', signal);
  return 1;
}

function hostPort(address: string): string {
  return address.includes(':') ? `[${address}]:${PORT}` : `${address}:${PORT}`;
}

function infoOf({ engine }: Member, signal: AbortSignal): Promise<Info> {
  return engine.get('/info', infoShape, 'ask for its swarm', signal);
}

function nodesOf({ engine }: Member, signal: AbortSignal): Promise<readonly SwarmNode[]> {
  return engine.get('/nodes', nodesShape, 'list the nodes of the swarm', signal);
}

/** Role, availability and labels. */
async function adjustNodes(
  acting: Member,
  members: readonly Member[],
  { signal, say }: FormOptions,
): Promise<number> {
  const nodes = await nodesOf(acting, signal);
  let changes = 0;
  for (const member of members) {
    const info = await infoOf(member, signal);
    const node = nodes.find(({ ID }) => ID === info.Swarm.NodeID);
    if (node === undefined) throw refused(member, 'it joined, but the swarm does not list it');
    if (changedSpec(node, member.membership) === undefined) continue;
    say(member.name, 'setting role, availability and labels');
    const change = {
      attempted: `update the node ${member.name}`,
      specFor: (now: SwarmNode) => changedSpec(now, member.membership),
    };
    if (await updateNode(acting.engine, node.ID, change, signal)) changes++;
  }
  return changes;
}

function refused({ name }: Member, problem: string): OperationError {
  return new OperationError({
    code: 'conflict',
    attempted: `make ${name} a member of the swarm`,
    problem,
    advice: `If that other swarm is not needed: docker swarm leave --force on ${name}.`,
  });
}
