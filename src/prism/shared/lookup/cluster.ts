import type { Reference } from '../../../provider/index.js';
import { ambiguous, notFound, unusable, type Wanted } from './selection-errors.js';

export interface FoundCluster extends Reference {
  /** False for a Prism Central, which lists itself. */
  readonly runsVms: boolean;
}

/** The cluster that VMs go to, of all that are visible. A Prism Central may have a real cluster's name. */
export function chooseCluster<C extends FoundCluster>(wanted: Wanted, all: readonly C[]): C {
  const { name } = wanted;
  const matches = all.filter((one) => one.id === name.toLowerCase() || one.name === name);
  const usable = matches.filter(({ runsVms }) => runsVms);
  const [only, second] = usable;
  if (only === undefined) {
    if (matches.length > 0) {
      throw unusable(
        wanted,
        'this is the Prism Central itself, which runs no VMs',
        'Name a cluster it manages.',
      );
    }
    throw notFound(
      wanted,
      all.filter(({ runsVms }) => runsVms).map((one) => one.name),
    );
  }
  if (second !== undefined) throw ambiguous(wanted, usable);
  return only;
}
