import { createReadStream } from 'node:fs';
import { constants, createGzip } from 'node:zlib';
import { z } from 'zod';
import { requestedHost } from '../../../settings/index.js';
import { deadlineAfter, OperationError } from '../../../support/index.js';
import type { HostProblem } from '../../context/distinct-problems.js';
import type { FleetContext } from '../../context/fleet-context.js';
import { HostLog } from '../../context/host-log.js';
import { inParallel } from '../../context/in-parallel.js';
import { selectHosts, type HostDeclaration } from '../../declaration/fleet.js';
import { findPluginProgram, PLUGIN_PROGRAM, fileDigest } from '../../declaration/plugin-program.js';
import { fleetConnection } from '../../declaration/prism-central.js';
import type { VolumePlugin } from '../../declaration/volume-plugin.js';
import { foreignHosts } from '../../hosts/ownership/ownership.js';
import type { StoredMachine } from '../../store/machine-store.js';
import { machineOf } from '../scripts/host-values.js';
import { runOnHost, sendToHost, type ScriptResult } from '../scripts/run-on-host.js';
import { pluginSetup } from './plugin-setup.js';

export interface PluginProvided {
  /** On how many hosts something was changed. */
  readonly changes: number;
  readonly problems: readonly HostProblem[];
}

/** Where hosts have it. */
const REMOTE = `/usr/local/bin/${PLUGIN_PROGRAM}`;
/** For a host: some 40 MiB over a slow line, and a service that starts. ms. */
const LIMIT = 600_000;
const STEP = 'volume plugin';

/** What is installed, made once for all hosts. */
interface Package {
  readonly path: string;
  readonly sha256: string;
  /** Input of `nutanix-volume setup` on a host. */
  readonly setupFor: (host: HostDeclaration) => Promise<string>;
}

/**
 * Installs the volume plugin on its hosts and starts it, where it is not so already: what is there is compared, so that
 * a changed secret or a program that was removed are seen. Hosts that this tool did not make are left out.
 */
export async function provideVolumePlugin(context: FleetContext): Promise<PluginProvided> {
  const { fleet, stop } = context;
  if (fleet.volumes === undefined) return { changes: 0, problems: [] };
  const foreign = await foreignHosts(context);
  const hosts = selectHosts(fleet.hosts, fleet.volumes.on).filter(({ name }) => !foreign.has(name));
  const plugin = await packageOf(context, fleet.volumes);
  const results = await inParallel(hosts, fleet.parallel, stop, (host) =>
    provideOn(context, host, plugin).catch((error: unknown): HostProblem => {
      return { host: host.name, text: OperationError.from(error, `${STEP} on ${host.name}`).message };
    }),
  );
  stop.throwIfAborted();
  const problems = results.filter((result) => typeof result === 'object');
  return { changes: results.filter((changed) => changed === true).length, problems };
}

async function packageOf(context: FleetContext, plugin: VolumePlugin): Promise<Package> {
  const { fleet, client, reporter } = context;
  const { environment } = client.options;
  const attempted = 'prepare the volume plugin';
  const found = await findPluginProgram(plugin);
  if ('problem' in found)
    throw new OperationError({ code: 'invalid-input', attempted, problem: found.problem });
  const secret = environment[plugin.account.variable] ?? '';
  if (secret === '') {
    const problem = `the environment variable ${plugin.account.variable} is not set`;
    throw new OperationError({ code: 'invalid-input', attempted, problem });
  }
  const connection = await fleetConnection(fleet, environment, (text) => reporter.warn(text));
  const setupFor = async ({ name, flags }: HostDeclaration): Promise<string> => {
    const { placement } = await requestedHost(name, flags, { ...environment, ...fleet.secrets });
    return JSON.stringify(pluginSetup(plugin, { connection, cluster: placement.cluster }, secret));
  };
  return { path: found.path, sha256: await fileDigest(found.path), setupFor };
}

/** True when something was changed there. */
async function provideOn(context: FleetContext, host: HostDeclaration, plugin: Package): Promise<boolean> {
  const { name } = host;
  const { reporter, logs, stop } = context;
  const machine = await machineOf(context, name);
  const attempted = `${STEP} on ${name}`;
  const log = new HostLog(logs, name);
  const deadline = deadlineAfter(LIMIT, attempted, 'Run apply again.', stop);
  const { signal } = deadline;
  const onLine = (line: string): void => log.line(line);
  try {
    const present = await runOnHost(machine, `sha256sum ${REMOTE} 2>/dev/null || true`, { signal, onLine });
    const isOther = !present.output.startsWith(plugin.sha256);
    if (isOther) {
      reporter.begin(name, STEP);
      await upload(machine, plugin, { signal, onLine });
    }
    const command = `sudo -n ${REMOTE} setup --json`;
    const { output, code } = await sendToHost(machine, command, await plugin.setupFor(host), {
      signal,
      onLine,
    });
    const { changed } = setupAnswer(output, code, attempted, log.path);
    if (isOther || changed) reporter.end(name, true, STEP);
    return isOther || changed;
  } catch (error) {
    reporter.end(name, false, OperationError.from(error, attempted).message);
    throw error;
  } finally {
    deadline.clear();
    await log.close();
  }
}

interface Sending {
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** The executable takes its place when all of it is there and is what was sent. */
async function upload(machine: StoredMachine, { path, sha256 }: Package, sending: Sending): Promise<void> {
  const part = `${REMOTE}.new`;
  const command = `sudo -n sh -ec 'gzip -dc >${part}; echo "${sha256}  ${part}" | sha256sum -c --status; chmod 755 ${part}; mv ${part} ${REMOTE}'`;
  const packed = createReadStream(path).pipe(createGzip({ level: constants.Z_BEST_SPEED }));
  const { code, output } = await sendToHost(machine, command, packed, sending);
  if (code === 0) return;
  const problem = `the executable did not arrive whole (status ${code}): ${output.trim()}`;
  throw new OperationError({ code: 'task-failed', attempted: `copy ${path} to ${machine.name}`, problem });
}

const answerShape = z.looseObject({ changed: z.boolean() });

function setupAnswer(
  output: ScriptResult['output'],
  code: number,
  attempted: string,
  logPath: string,
): { readonly changed: boolean } {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0) {
    const problem = `nutanix-volume setup ended with status ${code}: ${last}`;
    throw new OperationError({ code: 'task-failed', attempted, problem, advice: `See ${logPath}.` });
  }
  try {
    return answerShape.parse(JSON.parse(last));
  } catch (cause) {
    const problem = `nutanix-volume setup said: ${last}`;
    throw new OperationError({ code: 'unexpected-response', attempted, problem, cause });
  }
}
