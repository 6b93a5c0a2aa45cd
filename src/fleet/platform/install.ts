import { createReadStream } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { filePath } from '../../settings/index.js';
import { deadlineAfter, OperationError } from '../../support/index.js';
import type { FleetContext } from '../context/fleet-context.js';
import { foreignHosts } from '../hosts/ownership/ownership.js';
import { HostLog } from '../context/host-log.js';
import { inParallel } from '../context/in-parallel.js';
import { selectHosts, type HostDeclaration } from '../declaration/fleet.js';
import type { InstallStep } from '../declaration/schema.js';
import type { HostProblem } from '../context/distinct-problems.js';
import { fileDigest } from '../declaration/plugin-program.js';
import { digest } from '../store/fleet-record.js';
import { fillIn } from '../declaration/placeholders.js';
import { machineOf, scopesFor } from './scripts/host-values.js';
import { runOnHost, runWithStream } from './scripts/run-on-host.js';

export interface Installed {
  /** How often a script was run. */
  readonly runs: number;
  /** The step that failed, and on which hosts. */
  readonly failed?: { readonly step: string; readonly problems: readonly HostProblem[] } | undefined;
}

/**
 * Runs the steps in their order, each on its hosts at the same time; the first that fails ends it. Hosts that this
 * tool did not make are left out.
 */
export async function install(context: FleetContext): Promise<Installed> {
  let runs = 0;
  const foreign = await foreignHosts(context);
  for (const step of context.fleet.install) {
    const environment = environmentOf(step, context);
    const hosts = selectHosts(context.fleet.hosts, step.on).filter(({ name }) => !foreign.has(name));
    const results = await inParallel(hosts, context.fleet.parallel, context.stop, (host) =>
      runStep(context, step, host, environment).catch((error: unknown): HostProblem => {
        return { host: host.name, text: OperationError.from(error, `${step.name} on ${host.name}`).message };
      }),
    );
    context.stop.throwIfAborted();
    runs += results.filter((ran) => ran === true).length;
    const problems = results.filter((result) => typeof result === 'object');
    if (problems.length > 0) return { runs, failed: { step: step.name, problems } };
  }
  return { runs };
}

function environmentOf(
  { name, environment = [] }: InstallStep,
  { client }: FleetContext,
): Record<string, string> {
  const values = environment.map((variable): [string, string] => {
    const value = client.options.environment[variable];
    if (value !== undefined && /^[A-Za-z_]\w*$/.test(variable)) return [variable, value];
    throw new OperationError({
      code: 'invalid-input',
      attempted: `run the step ${name}`,
      problem: `the environment variable ${variable} is not set`,
    });
  });
  return Object.fromEntries(values);
}

/** Once per host, unless what is run has changed. A change of a secret alone is none: it is not recorded. */
async function runStep(
  context: FleetContext,
  step: InstallStep,
  host: HostDeclaration,
  environment: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { record, reporter, logs, stop } = context;
  const machine = await machineOf(context, host.name);
  const script = await fillIn(step.run, scopesFor(context, host));
  const file = inputOf(step, context);
  const run = digest(file === undefined ? script : `${script}\n${await fileDigest(file)}`);
  if (record.installed(host.name, step.name) === run) return false;
  const log = new HostLog(logs, host.name);
  reporter.begin(host.name, step.name);
  log.line(`--- install: ${step.name}`);
  const attempted = `${step.name} on ${host.name}`;
  const deadline = deadlineAfter(step.deadline * 1000, attempted, 'Raise its deadline.', stop);
  try {
    const onLine = (line: string): void => log.line(concealed(line, environment));
    const options = { signal: deadline.signal, onLine, environment };
    const { code, output } =
      file === undefined
        ? await runOnHost(machine, script, options)
        : await runWithStream(machine, script, createReadStream(file), options);
    if (code !== 0) {
      const last = concealed(output.trimEnd().split('\n').at(-1) ?? '', environment);
      throw new OperationError({
        code: 'task-failed',
        attempted,
        problem: `ended with status ${code}: ${last}`,
        advice: `See ${log.path}.`,
      });
    }
    await record.setInstalled(host.name, step.name, run);
    reporter.end(host.name, true, step.name);
    return true;
  } catch (error) {
    reporter.end(host.name, false, OperationError.from(error, attempted).message);
    throw error;
  } finally {
    deadline.clear();
    await log.close();
  }
}

/** Full path of the file that a step's script reads. */
function inputOf({ input }: InstallStep, { fleet }: FleetContext): string | undefined {
  return input === undefined ? undefined : filePath(dirname(fleet.file), input, homedir());
}

/** A script may print what it was given; logs must not have it. */
function concealed(line: string, environment: Readonly<Record<string, string>>): string {
  return Object.values(environment)
    .filter((value) => value.length > 2)
    .reduce((text, value) => text.replaceAll(value, '***'), line);
}
