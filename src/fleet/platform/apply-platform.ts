import { OperationError } from '../../support/index.js';
import { checkRow, runChecks, type CheckResult } from './run-checks.js';
import { install } from './install.js';
import type { HostProblem } from '../context/distinct-problems.js';
import { spokenHosts } from '../context/host-names.js';
import { deploy } from './deploy.js';
import { provideVolumePlugin } from './volumes/provide-plugin.js';
import { formSwarm } from './swarm/form-swarm.js';
import { runningMembers } from './swarm/members.js';
import type { FleetContext } from '../context/fleet-context.js';

export interface PlatformResult {
  readonly ok: boolean;
  readonly changes: number;
  readonly checks: readonly CheckResult[];
  /** What failed, as in `The hosts are up, but …`; undefined = nothing did, or it was interrupted. */
  readonly failure?: string | undefined;
  /** What went wrong where. */
  readonly problems?: readonly HostProblem[] | undefined;
}

/** What stands on the hosts: swarm, installation, stacks, and the checks that it all works. */
export async function applyPlatform(context: FleetContext): Promise<PlatformResult> {
  const { reporter, stop } = context;
  let doing = 'forming the swarm';
  try {
    let changes = 0;
    const manager = await swarmOf(context);
    changes += manager?.changes ?? 0;
    doing = 'installing the volume plugin';
    const plugin = await provideVolumePlugin(context);
    changes += plugin.changes;
    if (plugin.problems.length > 0) {
      const hosts = spokenHosts(plugin.problems.map(({ host }) => host));
      const failure = `the volume plugin could not be installed on ${hosts}`;
      return { ok: false, changes, checks: [], failure, problems: plugin.problems };
    }
    doing = 'installing';
    const { runs, failed } = await install(context);
    changes += runs;
    if (failed !== undefined) {
      const { step, problems } = failed;
      const hosts = spokenHosts(problems.map(({ host }) => host));
      return { ok: false, changes, checks: [], failure: `the step ${step} failed on ${hosts}`, problems };
    }
    doing = 'deploying the stacks';
    if (manager !== undefined) changes += await deploy(context, manager.manager);
    const checks = await runChecks(context, { patient: true });
    if (checks.length > 0) reporter.table('checks', checks.map(checkRow));
    return { ...outcomeOf(checks), changes, checks };
  } catch (error) {
    const failure = `${doing} failed: ${OperationError.from(error, doing).message}`;
    return { ok: false, changes: 1, checks: [], failure: stop.aborted ? undefined : failure };
  }
}

function outcomeOf(checks: readonly CheckResult[]): Pick<PlatformResult, 'ok' | 'failure'> {
  const bad = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  if (bad.length === 0) return { ok: true };
  const verb = bad.length === 1 ? `the check ${bad.join()} does` : `the checks ${bad.join(', ')} do`;
  return { ok: false, failure: `${verb} not hold` };
}

async function swarmOf(context: FleetContext): Promise<Awaited<ReturnType<typeof formSwarm>> | undefined> {
  const { fleet, reporter, stop, clock } = context;
  if (!fleet.hosts.some(({ swarm }) => swarm !== undefined)) return undefined;
  const members = await runningMembers(context);
  const formed = await formSwarm(members, {
    settings: fleet.swarm ?? {},
    signal: stop,
    clock,
    say: (host, text) => reporter.step(host, text),
  });
  if (formed.changes > 0) reporter.note(`the swarm has ${members.length} members as declared`);
  return formed;
}
