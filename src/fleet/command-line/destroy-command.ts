import { removeHosts } from '../apply/apply.js';
import { withFleet, type FleetOptions } from './open-fleet.js';
import { EXIT, type FleetSurroundings } from './surroundings.js';

/** `destroy`: removes what the file declares and this tool made, after asking. */
export function destroyCommand(
  surroundings: FleetSurroundings,
  options: FleetOptions & { readonly yes?: boolean | undefined },
): Promise<number> {
  return withFleet(surroundings, options, 'destroy', async (context) => {
    const { fleet, record, reporter, store, stop } = context;
    const ours = fleet.hosts.map(({ name }) => name).filter((name) => record.get(name) !== undefined);
    const stored = await store.names();
    for (const { name } of fleet.hosts) {
      if (!ours.includes(name) && stored.has(name))
        reporter.warn(`${name} was not made by this tool; it stays`);
    }
    if (ours.length === 0) {
      reporter.note('Nothing to destroy.');
      return EXIT.ok;
    }
    if (options.yes !== true && !(await confirmed(surroundings, ours))) {
      reporter.warn('nothing was removed');
      return EXIT.failed;
    }
    const gone = await removeHosts(context, ours);
    if (stop.aborted) return EXIT.interrupted;
    if (gone.length < ours.length) {
      reporter.warn(`${ours.length - gone.length} of ${ours.length} hosts are still there; destroy again`);
      return EXIT.failed;
    }
    reporter.note(`${gone.length} hosts removed.`);
    return EXIT.ok;
  });
}

async function confirmed({ ask, complain }: FleetSurroundings, names: readonly string[]): Promise<boolean> {
  if (ask === undefined) {
    complain('destroy asks before it removes anything; without a terminal it needs --yes');
    return false;
  }
  const answer = await ask(`Remove ${names.join(', ')} and all that is on them? Type yes: `);
  return answer.trim().toLowerCase() === 'yes';
}
