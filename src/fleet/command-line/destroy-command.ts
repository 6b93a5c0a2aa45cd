import { removeHosts } from '../apply/apply.js';
import type { FleetContext } from '../apply/fleet-context.js';
import { requireClient } from '../preflight/client-problem.js';
import { foreignHosts } from '../apply/ownership.js';
import { leaveSwarm } from '../swarm/leave-swarm.js';
import { runningMembers } from '../swarm/members-of.js';
import { OperationError } from '../../support/index.js';
import { confirmed } from './confirm.js';
import { withFleet, type FleetOptions } from './open-fleet.js';
import { EXIT, type FleetSurroundings } from './surroundings.js';

/** `destroy`: removes what the file declares and this tool made, after asking. */
export function destroyCommand(
  surroundings: FleetSurroundings,
  options: FleetOptions & { readonly yes?: boolean | undefined },
): Promise<number> {
  return withFleet(surroundings, options, 'destroy', async (context) => {
    const { fleet, client, record, reporter, stop } = context;
    await requireClient(client, options.file, stop);
    const declared = fleet.hosts.map(({ name }) => name);
    const foreign = await foreignHosts(context);
    for (const name of foreign) reporter.warn(`${name} was not made by this tool; it stays`);
    const ours = declared.filter((name) => record.get(name) !== undefined && !foreign.has(name));
    if (ours.length === 0) {
      reporter.note('Nothing to destroy.');
      return EXIT.ok;
    }
    const question = `Remove ${ours.join(', ')} and all that is on them?`;
    if (options.yes !== true && !(await confirmed(surroundings, 'destroy', question))) {
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
  if (!fleet.hosts.some(({ swarm }) => swarm !== undefined)) return;
  try {
    const members = await runningMembers(context);
    await leaveSwarm(
      members.filter(({ name }) => names.includes(name)),
      { signal: stop, say: (host, text) => reporter.step(host, text), warn: (text) => reporter.warn(text) },
    );
  } catch (error) {
    reporter.warn(OperationError.from(error, 'leave the swarm').message);
  }
}
