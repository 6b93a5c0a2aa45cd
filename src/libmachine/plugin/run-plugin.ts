import { CLEANUP_TIME } from '../../host/rules/index.js';
import type { ConnectionEnds, PeerUser } from '../../process/index.js';
import { OperationError, systemClock, type Clock } from '../../support/index.js';
import { clientFromArguments } from '../client.js';
import type { CloudModules } from '../cloud-modules.js';
import { PluginLog } from '../../logging/index.js';
import { Machine } from '../machine/index.js';
import { rpcServices } from '../rpc-service.js';
import { Connections } from './connections.js';
import { Ending, type End } from './ending.js';
import { answerTo } from './started-by-hand.js';
import { thisProcess, type PluginProcess } from './plugin-process.js';
import { Watchdog } from './watchdog.js';

export interface PluginDependencies {
  readonly cloud: CloudModules;
  readonly version: string;
  readonly process?: PluginProcess | undefined;
  readonly clock?: Clock | undefined;
  /** Finds the owner of a connection's other end; the table of the system unless given. */
  readonly peerLookUp?: ((ends: ConnectionEnds) => PeerUser) | undefined;
  /** Called when the address was said: what has time comes after it. */
  readonly onListening?: (() => void) | undefined;
}

/** The value of MACHINE_PLUGIN_TOKEN by which a client says that it started us. */
const TOKEN = '42';
/**
 * How long the process waits for the clean-up after an aborted Create, ms: longer than the clean-up itself may take. A
 * VM that is left behind is worse than a process that ends late.
 */
const CLEANUP_LIMIT = CLEANUP_TIME + 10_000;
/** How long a slow reader gets for the last log lines, ms. */
const LOG_LIMIT = 200;

/**
 * The whole life of the plugin process; resolves to the exit code. Without the token it answers a user who started
 * it by hand. With it, it listens, prints the address as the first line, and serves until the client closes it, falls
 * silent or is gone, or a signal comes. Then running operations are aborted, and their clean-up is waited for.
 */
export async function runPlugin(dependencies: PluginDependencies): Promise<number> {
  const {
    cloud,
    version,
    process: own = thisProcess,
    clock = systemClock,
    onListening,
    peerLookUp,
  } = dependencies;
  const connections = new Connections();
  if (own.environment['MACHINE_PLUGIN_TOKEN'] !== TOKEN) {
    const { exitCode, descriptor, text } = answerTo(own.arguments, version);
    const sink = own.output(descriptor);
    sink.write(Buffer.from(text), false);
    await sink.flush(LOG_LIMIT);
    return exitCode;
  }
  const listening = own.clients === undefined ? connections.listen() : undefined;
  const output = own.output(1);
  const log = new PluginLog(output, own.output(2));
  const machine = new Machine({
    cloud,
    log,
    clock,
    environment: own.environment,
    folder: () => own.folder(),
  });
  const client = clientFromArguments(own.arguments, () => own.parentArguments());
  const ending = new Ending();
  const onClose = (): void => {
    own.willEnd?.();
    ending.end(0, 'closed by the client');
  };
  const onConfigured = (): void => {
    if (machine.values.Agent === 'off') own.leave?.();
  };
  const beforeChange = own.beforeChange?.bind(own);
  const services = rpcServices({ machine, client, onClose, onConfigured, beforeChange });
  const parent = own.parent();
  const watchdog = new Watchdog({
    now: () => clock.now(),
    isAbandoned: () => connections.abandoned && own.parent() !== parent,
    onSilence: () => ending.end(1, 'the client is gone'),
  });
  own.onSignal((name, number) => ending.signal(name, number));
  own.onFault((fault) => log.debug(`internal fault: ${faultText(fault)}`));
  const onCall = (serviceMethod: string): void => {
    if (serviceMethod.endsWith('.Heartbeat')) watchdog.heartbeat();
  };
  const address = await listening;
  connections.serve({ services, logger: log, clock, onCall, peerLookUp });
  own.clients?.take((connection) => connections.receive(connection));
  if (address !== undefined) output.write(Buffer.from(`${address}\n`), false);
  onListening?.();
  const end = await ending.begun;
  watchdog.stop();
  // A client that closes its plugin knows it: the line would wake it once more for each machine.
  if (end.exitCode !== 0) log.debug(`ending: ${end.reason}`);
  await windUp(machine, connections, ending, end);
  await log.flush(LOG_LIMIT);
  return end.exitCode;
}

/** Aborts what runs; connections stay open meanwhile, so that errors and heartbeats are still answered. */
async function windUp(machine: Machine, connections: Connections, ending: Ending, end: End): Promise<void> {
  const attempted = machine.attempt('work on');
  const reason = new OperationError({ code: 'cancelled', attempted, problem: end.reason });
  const isSettled = await Promise.race([
    machine.session.end(reason, CLEANUP_LIMIT),
    ending.insisted.then(() => false),
  ]);
  if (!isSettled) machine.log.debug('ending although an operation has not come to its end');
  machine.session.disconnect();
  await connections.close();
}

function faultText(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}
