import { OperationError } from '../../support/index.js';
import { runChecks, type CheckResult } from '../checks/run-checks.js';
import { install } from '../install/install.js';
import { deploy } from '../swarm/deploy.js';
import { formSwarm } from '../swarm/form-swarm.js';
import { runningMembers } from '../swarm/members-of.js';
import type { FleetContext } from './fleet-context.js';

export interface PlatformResult {
  readonly ok: boolean;
  readonly changes: number;
  readonly checks: readonly CheckResult[];
}

/** What stands on the hosts: swarm, installation, stacks, and the checks that it all works. */
export async function applyPlatform(context: FleetContext): Promise<PlatformResult> {
  const { fleet, reporter, stop } = context;
  try {
    let changes = 0;
    const manager = await swarmOf(context);
    changes += manager?.changes ?? 0;
    changes += await install(context);
    if (manager !== undefined) changes += await deploy(context, manager.manager);
    const checks = await runChecks(context, { patient: true });
    if (checks.length > 0)
      reporter.table(
        'checks',
        checks.map(({ name, text }) => ({ check: name, result: text })),
      );
    return { ok: checks.every(({ ok }) => ok), changes, checks };
  } catch (error) {
    if (!stop.aborted) reporter.warn(OperationError.from(error, `set up ${fleet.name}`).message);
    return { ok: false, changes: 1, checks: [] };
  }
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
