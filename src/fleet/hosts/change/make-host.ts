import { OperationError } from '../../../support/index.js';
import { groupEnds, lastWords, type RunOptions } from '../../client/machine-client.js';
import { stepOf } from '../../client/lines.js';
import { createArguments, type HostDeclaration } from '../../declaration/fleet.js';
import { commandLineOf, isAlive, signalGroup } from '../../../process/index.js';
import type { FleetContext } from '../../context/fleet-context.js';
import type { HostLog } from '../../context/host-log.js';

/** How long the client of a killed run gets to clean up, ms. */
const LIMIT = 90_000;

/** Makes a host. From before its start until after its success the record says that it is half made. */
export async function makeHost(context: FleetContext, host: HostDeclaration, log: HostLog): Promise<void> {
  const { client, record, stop, store } = context;
  const declared = createArguments(host);
  const since = new Date().toISOString();
  const creating = { phase: 'creating', arguments: declared, since } as const;
  await record.set(host.name, creating);
  const options = {
    ...runOptions(context, host.name, log),
    onStart: (pid: number) => record.set(host.name, { ...creating, pid }),
  };
  const { code, tail } = await client.run(['create', '-d', 'nutanix', ...declared, host.name], options);
  if (code === 0) {
    const created = { phase: 'created', arguments: declared, since: new Date().toISOString() } as const;
    const { vmId = '' } = (await store.read(host.name)) ?? {};
    await record.set(host.name, { ...created, vm: vmId === '' ? undefined : vmId });
    return;
  }
  const problem = stop.aborted ? 'interrupted' : lastWords(tail, code);
  const reason = stop.aborted ? 'cancelled' : 'task-failed';
  throw new OperationError({ code: reason, attempted: `create ${host.name}`, problem });
}

/** Removes a host with all that a create may have left of it. Nothing there is success. */
export async function removeHost(context: FleetContext, name: string, log: HostLog): Promise<void> {
  const { client, record, store } = context;
  await endStrayClient(context, name, log);
  if ((await store.names()).has(name)) {
    // Without a configuration nothing can have been made, and the client needs --force to see the folder.
    // In all other cases never: a VM that cannot be removed must not be forgotten.
    const force = (await store.hasConfiguration(name)) ? [] : ['--force'];
    await client.require(['rm', '-y', ...force, name], `remove ${name}`, runOptions(context, name, log));
  }
  await record.forget(name);
}

export async function startMachine(context: FleetContext, name: string, log: HostLog): Promise<void> {
  await context.client.require(['start', name], `start ${name}`, runOptions(context, name, log));
}

/** A run that was killed may have left the client at work: it is stopped as by Ctrl-C, then killed. */
async function endStrayClient(
  { record, reporter, kill }: FleetContext,
  name: string,
  log: HostLog,
): Promise<void> {
  const pid = record.get(name)?.pid;
  if (pid === undefined || !isAlive(-pid)) return;
  const command = commandLineOf(pid);
  // The number may belong to another program by now.
  if (isAlive(pid) && command?.endsWith(` ${name}`) !== true) return;
  log.line(`ending process group ${pid}, left over by an earlier run`);
  reporter.step(name, 'ending what an earlier run has left running');
  if (command !== undefined) signalGroup(pid, 'SIGINT');
  const ended = await groupEnds(pid, LIMIT, kill);
  if (!ended && command !== undefined) signalGroup(pid, 'SIGKILL');
}

export function runOptions({ reporter, stop, kill }: FleetContext, host: string, log: HostLog): RunOptions {
  let last: string | undefined;
  return {
    signal: stop,
    kill,
    onLine: (line) => {
      log.line(line);
      const step = stepOf(line);
      if (step !== undefined && step !== last) reporter.step(host, step);
      last = step ?? last;
    },
  };
}
