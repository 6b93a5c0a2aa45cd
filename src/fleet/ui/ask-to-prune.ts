import type { FleetContext } from '../context/fleet-context.js';
import { stillOwnedTexts, type StillOwned } from '../hosts/ownership/still-owned.js';
import { confirmed } from './confirm.js';
import type { FleetRuntime } from './fleet-runtime.js';

/** Warns of hosts that left the file and run on, with what to do; `prune`: those of this fleet are about to go. */
export function tellStillOwned(
  { fleet, reporter }: Pick<FleetContext, 'fleet' | 'reporter'>,
  { hosts, renamed }: StillOwned,
  prune: boolean,
): void {
  const declared = fleet.hosts.map(({ name }) => name);
  for (const text of stillOwnedTexts({ hosts: prune ? [] : hosts, renamed }, declared)) reporter.warn(text);
}

/** Shows which hosts will be removed and what is lost with them, and asks. True when there are none. */
export async function mayPrune(
  runtime: FleetRuntime,
  { reporter }: FleetContext,
  names: readonly string[],
  yes: boolean,
): Promise<boolean> {
  if (names.length === 0) return true;
  reporter.table(
    'removals',
    names.map((name) => ({ removed: name, because: 'is not in the file any more' })),
  );
  reporter.note(
    'These hosts are removed once all others work, each drained before if it is in a swarm. ' +
      'Their containers, images, local volumes and data disks are lost.',
  );
  if (yes) return true;
  const question = names.length === 1 ? 'Remove this host?' : `Remove these ${names.length} hosts?`;
  return await confirmed(runtime, 'apply --prune', question);
}
