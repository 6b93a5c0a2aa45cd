import { join } from 'node:path';
import { FleetCloud, type FleetContext } from '../context/fleet-context.js';
import { MachineClient } from '../client/machine-client.js';
import type { Fleet } from '../declaration/fleet.js';
import { loadFleet } from '../declaration/load.js';
import { fleetConnection } from '../declaration/prism-central.js';
import { JsonReporter } from './reporters/json-reporter.js';
import { LineReporter } from './reporters/line-reporter.js';
import type { Reporter } from '../context/reporter.js';
import { TerminalReporter } from './reporters/terminal-reporter.js';
import { FleetRecord } from '../store/fleet-record.js';
import { takeLock } from '../../process/index.js';
import { MachineStore } from '../store/machine-store.js';
import type { FleetRuntime } from './fleet-runtime.js';
import { undeclaredFleet } from './undeclared-fleet.js';

export interface FleetOptions {
  readonly file: string;
  readonly json?: boolean | undefined;
  /** Work on this fleet of the machine store instead; of the file only Prism Central and credentials count. */
  readonly fleet?: string | undefined;
}

/** Sent to each process of the client: a failed create must not be reported to a service outside. */
const NO_REPORTS = { MACHINE_BUGSNAG_API_TOKEN: 'no-report' };

/** Reads the file and what is known of its hosts, runs `work`, and puts terminal and lock back in order. */
export async function withFleet<T>(
  runtime: FleetRuntime,
  { file, json, fleet: named }: FleetOptions,
  lockedFor: string | undefined,
  work: (context: FleetContext) => Promise<T>,
): Promise<T> {
  const { environment, clock, stop, kill } = runtime;
  const store = MachineStore.of(environment);
  const fleet =
    named === undefined
      ? await loadFleet(file, environment)
      : await undeclaredFleet(named, file, store, environment);
  const lock =
    lockedFor === undefined
      ? undefined
      : await takeLock(
          join(store.folder, 'fleets', `${fleet.name}.lock`),
          `nutanix-hosts ${lockedFor} -f ${file}`,
          'this fleet',
        );
  const reporter = reporterFor(runtime, json === true);
  const cloud = cloudOf(runtime, fleet, reporter);
  try {
    for (const warning of fleet.warnings) reporter.warn(warning);
    const client = new MachineClient({
      command: clientCommand(environment),
      environment: { ...NO_REPORTS, ...environment, ...fleet.secrets },
    });
    const record = await FleetRecord.open(
      store.folder,
      fleet.name,
      named === undefined ? fleet.file : undefined,
    );
    const logs = join(store.folder, 'fleets', fleet.name, 'logs');
    return await work({ fleet, store, record, client, cloud, reporter, clock, stop, kill, logs });
  } finally {
    await cloud.close();
    reporter.close();
    await lock?.release();
  }
}

function cloudOf({ connect, environment }: FleetRuntime, fleet: Fleet, reporter: Reporter): FleetCloud {
  const warn = (line: string): void => reporter.warn(line);
  const logger = { debug: () => undefined, info: () => undefined, warn };
  const store = MachineStore.of(environment).folder;
  return new FleetCloud(
    async () => await connect(await fleetConnection(fleet, environment, warn), logger, store),
  );
}

export function clientCommand(environment: FleetRuntime['environment']): string {
  const named = environment['DOCKER_MACHINE'] ?? '';
  return named === '' ? 'docker-machine' : named;
}

export function reporterFor(runtime: FleetRuntime, json: boolean): Reporter {
  const { stop, kill } = runtime;
  const reporter = newReporter(runtime, json);
  const say = (signal: AbortSignal, text: string): void =>
    signal.addEventListener('abort', () => reporter.warn(text), { once: true });
  say(stop, 'stopping: what is half done is ended in order; Ctrl-C again kills it');
  say(kill, 'killing what still runs');
  return reporter;
}

function newReporter({ out, clock, environment }: FleetRuntime, json: boolean): Reporter {
  if (json) return new JsonReporter(out);
  return out.isTerminal
    ? new TerminalReporter(out, clock, (environment['NO_COLOR'] ?? '') === '')
    : new LineReporter(out, clock);
}
