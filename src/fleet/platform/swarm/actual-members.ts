import { OperationError } from '../../../support/index.js';
import type { FleetContext } from '../../context/fleet-context.js';
import { statesOf } from '../../hosts/plan/machine-states.js';
import { EngineClient } from './engine.js';
import { infoShape } from './shapes.js';

/** A host that is in a swarm, whatever the file says. */
export interface ActualMember {
  readonly name: string;
  readonly engine: EngineClient;
  /** Id of its node. */
  readonly node: string;
  readonly manages: boolean;
}

/** Which of these hosts are in a swarm, as their engines say. Hosts that do not run are left out. */
export async function actualMembers(
  context: FleetContext,
  names: readonly string[],
): Promise<readonly ActualMember[]> {
  const states = await statesOf(context, await context.store.names(), names);
  const running = names.filter((name) => states.get(name)?.state === 'Running');
  const members = running.map((name) => memberOf(context, name, states.get(name)?.url ?? ''));
  return (await Promise.all(members)).filter((member) => member !== undefined);
}

async function memberOf(
  { store, stop, reporter }: FleetContext,
  name: string,
  url: string,
): Promise<ActualMember | undefined> {
  try {
    const engine = await EngineClient.open({ host: name, url, certificates: store.machineFolder(name) });
    const { Swarm } = await engine.get('/info', infoShape, 'ask for its swarm', stop);
    if (Swarm.LocalNodeState !== 'active') return undefined;
    return { name, engine, node: Swarm.NodeID, manages: Swarm.ControlAvailable };
  } catch (error) {
    stop.throwIfAborted();
    reporter.warn(OperationError.from(error, `ask ${name} for its swarm`).message);
    return undefined;
  }
}
