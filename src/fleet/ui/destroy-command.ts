import { removeHosts } from '../hosts/change/apply-hosts.js';
import type { FleetContext } from '../context/fleet-context.js';
import { requireClient } from '../preflight/client-problem.js';
import { foreignHosts } from '../hosts/ownership/ownership.js';
import { stillOwned } from '../hosts/ownership/still-owned.js';
import { actualMembers, type Member, runningMembers } from '../platform/swarm/members.js';
import { tellStillOwned, confirmed } from './questions.js';
import { leaveSwarm } from '../platform/swarm/leave-swarm.js';
import { OperationError } from '../../support/index.js';
import { withFleet, type FleetOptions } from './open-fleet.js';
import { EXIT, type FleetRuntime } from './fleet-runtime.js';

export interface DestroyOptions extends FleetOptions {
  readonly yes?: boolean | undefined;
  /** Another fleet of the machine store than the file's. */
  readonly fleet?: string | undefined;
}

/** `destroy`: removes what this tool made for the fleet, declared or not (any more), after asking. */
export function destroyCommand(runtime: FleetRuntime, options: DestroyOptions): Promise<number> {
  return withFleet(runtime, options, 'destroy', async (context) => {
    const { fleet, client, record, reporter, stop } = context;
    await requireClient(client, options.file, stop);
    const foreign = await foreignHosts(context);
    for (const [name, owner] of foreign) reporter.warn(`${name} ${owner}; it stays`);
    const declared = fleet.hosts.map(({ name }) => name).filter((name) => !foreign.has(name));
    const { hosts: undeclared, renamed } = await stillOwned(context);
    if (options.fleet === undefined) tellStillOwned(context, { hosts: [], renamed }, true);
    const ours = [...declared.filter((name) => record.get(name) !== undefined), ...undeclared];
    if (ours.length === 0) {
      reporter.note('Nothing to destroy.');
      return EXIT.ok;
    }
    const question = `Remove ${ours.join(', ')} and all that is on them?`;
    if (options.yes !== true && !(await confirmed(runtime, 'destroy', question))) {
      reporter.warn('nothing was removed');
      return EXIT.failed;
    }
    await dissolve(context, ours);
    const gone = await removeHosts(context, ours);
    if (stop.aborted) return EXIT.interrupted;
    if (gone.length < ours.length) {
      reporter.warn(`${ours.length - gone.length} of ${ours.length} hosts are still there; destroy again`);
      return EXIT.failed;
    }
    reporter.note(gone.length === 1 ? '1 host removed.' : `${gone.length} hosts removed.`);
    return EXIT.ok;
  });
}

/** Members leave before they are removed, so that hosts which stay keep a swarm that works. */
async function dissolve(context: FleetContext, names: readonly string[]): Promise<void> {
  const { fleet, reporter, stop } = context;
  try {
    const declared = fleet.hosts.some(({ swarm }) => swarm !== undefined)
      ? await runningMembers(context)
      : [];
    const undeclared = names.filter((name) => !fleet.hosts.some((host) => host.name === name));
    const others = (await actualMembers(context, undeclared)).map(({ name, engine, manages }): Member => {
      return { name, engine, membership: { role: manages ? 'manager' : 'worker' }, advertise: '' };
    });
    await leaveSwarm(
      [...declared, ...others].filter(({ name }) => names.includes(name)),
      { signal: stop, say: (host, text) => reporter.step(host, text), warn: (text) => reporter.warn(text) },
    );
  } catch (error) {
    reporter.warn(OperationError.from(error, 'leave the swarm').message);
  }
}
