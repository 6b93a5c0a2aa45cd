import type { GobType } from '../gob/index.js';
import { emptyStruct, rpcMethod, type RpcMethod, type RpcServices } from '../netrpc/index.js';
import { OperationError } from '../support/index.js';
import type { Client } from './client.js';
import { causesOf, errorText } from './error-text.js';
import {
  configureFromFlags,
  ip,
  ipv6,
  loadConfig,
  saveConfig,
  sshHost,
  url,
  vmNotFound,
} from './machine/index.js';
import { sshKeyPathOf, sshPortOf, sshUserOf } from '../settings/index.js';
import type { Machine } from './machine/index.js';
import { machineState } from './machine-state.js';
import { OPTION_LIST } from '../settings/index.js';
import { createFlag, flagValuesOf, wire } from './wire.js';

/** The RPC version that every client wants to hear. */
const API_VERSION = 1;
export const DRIVER_NAME = 'nutanix';
/** The second is the name before version 0.5.1; clients fall back to it. */
const SERVICE_NAMES = ['RPCServerDriver', 'RpcServerDriver'] as const;

export interface ServiceDependencies {
  readonly machine: Machine;
  readonly client: Client;
  /** The client wants the process to end. Called before Close is answered. */
  readonly onClose: () => void;
  /** The machine's configuration has come. Called before that is answered. */
  readonly onConfigured?: (() => void) | undefined;
  /** A call that does something outside this process waits for it: a second one would not be the same as the first. */
  readonly beforeChange?: (() => Promise<void>) | undefined;
}

/**
 * Every method of docker-machine's and rancher-machine's RPC, one row each: argument, reply and work, or argument and
 * work where the reply is the empty struct. The table of the reference of the plugin protocol, section 6, is its
 * measure. Heartbeat does nothing here: what serves the connection has seen it already.
 */
export function rpcServices(dependencies: ServiceDependencies): RpcServices {
  const { machine, client, onClose, onConfigured, beforeChange } = dependencies;
  const { session } = machine;
  const change = (work: (signal: AbortSignal) => Promise<void>): Row =>
    action(emptyStruct, (_, signal) => {
      if (beforeChange === undefined) return work(signal);
      return beforeChange().then(() => (signal.throwIfAborted(), work(signal)));
    });
  const rows: Readonly<Record<string, Row>> = {
    GetVersion: row(emptyStruct, wire.int, () => API_VERSION),
    Heartbeat: action(emptyStruct, () => undefined),
    Close: action(emptyStruct, onClose),

    SetConfigRaw: action(wire.bytes, (json) => {
      loadConfig(machine, json, client.commandLine);
      onConfigured?.();
    }),
    GetConfigRaw: row(emptyStruct, wire.bytes, () => saveConfig(machine)),
    GetCreateFlags: row(emptyStruct, wire.createFlags, () => OPTION_LIST.map(createFlag)),
    SetConfigFromFlags: action(wire.flagValues, async (flags) => {
      await configureFromFlags(machine, flagValuesOf(flags));
      onConfigured?.();
    }),

    DriverName: row(emptyStruct, wire.string, () => DRIVER_NAME),
    GetMachineName: row(emptyStruct, wire.string, () => machine.values.MachineName),
    GetSSHHostname: row(emptyStruct, wire.string, (_, signal) => sshHost(machine, signal)),
    GetSSHPort: row(emptyStruct, wire.int, () => sshPortOf(machine.values)),
    GetSSHUsername: row(emptyStruct, wire.string, () => sshUserOf(machine.values)),
    GetSSHKeyPath: row(emptyStruct, wire.string, () => sshKeyPathOf(machine.values)),

    GetIP: row(emptyStruct, wire.string, (_, signal) => ip(machine, signal)),
    GetIPv6: row(emptyStruct, wire.string, () => ipv6(machine)),
    GetURL: row(emptyStruct, wire.string, (_, signal) => url(machine, signal, client.showsErrors)),
    GetState: row(emptyStruct, wire.int, (_, signal) => stateFor(client, machine, signal)),

    PreCreateCheck: action(emptyStruct, (_, signal) => session.prepare(signal)),
    Create: change((signal) => session.create(signal)),
    Remove: change((signal) => session.remove(signal)),
    Start: change((signal) => session.start(signal)),
    Stop: change((signal) => session.stop(signal)),
    Restart: change((signal) => session.restart(signal)),
    Kill: change((signal) => session.kill(signal)),

    // GitLab's fork asks drivers that can; the others answer with an error.
    UpdateLabels: action(wire.labels, () => refuseLabels(machine)),
  };
  const methods = Object.fromEntries(
    Object.entries(rows).map(([name, methodOf]) => [name, methodOf(failureOf(name, machine))]),
  );
  return Object.fromEntries(SERVICE_NAMES.map((name) => [name, methods]));
}

/** A row of the table, which becomes a method once it is known how its errors are told to the client. */
type Row = (fail: (thrown: unknown) => never) => RpcMethod;

/** Calls that need no waiting are answered at once. */
function row<A, R>(
  argument: GobType<A>,
  reply: GobType<R>,
  work: (argument: A, signal: AbortSignal) => NoInfer<R> | Promise<NoInfer<R>>,
): Row {
  return (fail) =>
    rpcMethod(argument, reply, (value, { signal }) => {
      try {
        const result = work(value, signal);
        return result instanceof Promise ? result.catch(fail) : result;
      } catch (error) {
        return fail(error);
      }
    });
}

/** A row whose reply says no more than that the work is done. */
function action<A>(
  argument: GobType<A>,
  work: (argument: A, signal: AbortSignal) => void | Promise<void>,
): Row {
  return row(argument, emptyStruct, (value, signal) => {
    const done = work(value, signal);
    return done instanceof Promise ? done.then(() => ({})) : {};
  });
}

/** Throws an error that is fit for the client, and says in the log what was behind it. */
function failureOf(name: string, machine: Machine): (thrown: unknown) => never {
  const { log } = machine;
  return (thrown) => {
    const text = errorText(name, thrown, machine.values, (line) => log.redactor.redact(line));
    for (const line of [`${name} failed: ${text}`, ...causesOf(thrown)]) log.debug(line);
    throw new Error(text);
  };
}

/**
 * docker-machine has no state for a VM that is gone: there it is an error, which shows as state Error. `restart`
 * would go past the driver then: told that the machine runs, it calls Restart, whose error says what is wrong.
 */
async function stateFor(client: Client, machine: Machine, signal: AbortSignal): Promise<number> {
  try {
    const { state } = await machine.session.observation.state(signal);
    if (state !== 'not-found' || (client.isRancher && !client.isRestarting())) return machineState(state);
    throw vmNotFound(machine, 'find the state of');
  } catch (error) {
    if (signal.aborted || !client.isRestarting()) throw error;
    return machineState('running');
  }
}

function refuseLabels(machine: Machine): never {
  throw new OperationError({
    code: 'unsupported',
    attempted: machine.attempt('update the labels of'),
    problem: 'driver does not support labels',
  });
}
