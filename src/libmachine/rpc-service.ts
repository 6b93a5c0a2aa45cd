import type { Call, Method, Services } from '../netrpc/index.js';
import { OperationError } from '../support/index.js';
import type { Client } from './client.js';
import { causesOf, errorText } from './error-text.js';
import { configureFromFlags, loadConfig, saveConfig, vmNotFound } from './machine/index.js';
import { sshKeyPathOf, sshPortOf, sshUserOf } from '../settings/index.js';
import type { Machine } from './machine/index.js';
import { machineState } from './machine-state.js';
import { OPTION_LIST } from '../settings/index.js';
import { bytesOf, createFlag, flagValuesOf, wire } from './wire.js';

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
}

type Work = (argument: unknown, signal: AbortSignal) => unknown;
type Row = readonly [argument: Method['argument'], reply: Method['reply'], work: Work];

/**
 * Every method of docker-machine's and rancher-machine's RPC, one row each: argument, reply, work. The table
 * of the reference of the plugin protocol, section 6, is its measure. Heartbeat does nothing here: whoever
 * serves the connection has seen it already.
 */
export function rpcServices({ machine, client, onClose }: ServiceDependencies): Services {
  const { addresses } = machine;
  const rows: Readonly<Record<string, Row>> = {
    GetVersion: [wire.nothing, wire.int, () => API_VERSION],
    Heartbeat: [wire.nothing, wire.nothing, () => undefined],
    Close: [wire.nothing, wire.nothing, onClose],

    SetConfigRaw: [
      wire.bytes,
      wire.nothing,
      (json) => loadConfig(machine, bytesOf(json), client.commandLine),
    ],
    GetConfigRaw: [wire.nothing, wire.bytes, () => saveConfig(machine)],
    GetCreateFlags: [wire.nothing, wire.createFlags, () => OPTION_LIST.map(createFlag)],
    SetConfigFromFlags: [
      wire.flagValues,
      wire.nothing,
      (flags) => configureFromFlags(machine, flagValuesOf(flags)),
    ],

    DriverName: [wire.nothing, wire.string, () => DRIVER_NAME],
    GetMachineName: [wire.nothing, wire.string, () => machine.values.MachineName],
    GetSSHHostname: [wire.nothing, wire.string, (_, signal) => addresses.sshHost(signal)],
    GetSSHPort: [wire.nothing, wire.int, () => sshPortOf(machine.values)],
    GetSSHUsername: [wire.nothing, wire.string, () => sshUserOf(machine.values)],
    GetSSHKeyPath: [wire.nothing, wire.string, () => sshKeyPathOf(machine.values)],

    GetIP: [wire.nothing, wire.string, (_, signal) => addresses.ip(signal)],
    GetIPv6: [wire.nothing, wire.string, () => addresses.ipv6()],
    GetURL: [wire.nothing, wire.string, (_, signal) => addresses.url(signal, client.showsErrors())],
    GetState: [wire.nothing, wire.int, (_, signal) => stateFor(client, machine, signal)],

    PreCreateCheck: [wire.nothing, wire.nothing, (_, signal) => machine.prepare(signal)],
    Create: [wire.nothing, wire.nothing, (_, signal) => machine.create(signal)],
    Remove: [wire.nothing, wire.nothing, (_, signal) => machine.remove(signal)],
    Start: [wire.nothing, wire.nothing, (_, signal) => machine.start(signal)],
    Stop: [wire.nothing, wire.nothing, (_, signal) => machine.stop(signal)],
    Restart: [wire.nothing, wire.nothing, (_, signal) => machine.restart(signal)],
    Kill: [wire.nothing, wire.nothing, (_, signal) => machine.kill(signal)],

    // GitLab's fork asks drivers that can; the others answer with an error.
    UpdateLabels: [wire.labels, wire.nothing, () => refuseLabels(machine)],
  };
  const methods = Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, methodOf(name, row, machine)]),
  );
  return Object.fromEntries(SERVICE_NAMES.map((name) => [name, methods]));
}

/** A row as a method whose errors are fit for the client. Calls that need no waiting are answered at once. */
function methodOf(name: string, [argument, reply, work]: Row, machine: Machine): Method {
  const { log } = machine;
  const fail = (thrown: unknown): never => {
    const text = errorText(name, thrown, machine.values, (line) => log.redactor.redact(line));
    for (const line of [`${name} failed: ${text}`, ...causesOf(thrown)]) log.debug(line);
    throw new Error(text);
  };
  const handle = (value: unknown, { signal }: Call): unknown => {
    try {
      const result = work(value, signal);
      return result instanceof Promise ? result.catch(fail) : result;
    } catch (error) {
      return fail(error);
    }
  };
  return { argument, reply, handle };
}

/**
 * docker-machine has no state for a VM that is gone: there it is an error, which shows as state Error. `restart`
 * would go past the driver then: told that the machine runs, it calls Restart, whose error says what is wrong.
 */
async function stateFor(client: Client, machine: Machine, signal: AbortSignal): Promise<number> {
  try {
    const { state } = await machine.observation.see(signal);
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
