import type { CallContext, Reference } from '../../../provider/index.js';
import { hasCode } from '../../../support/index.js';
import { isUuid, type Attempt } from '../answers.js';
import { ambiguous, lookingUp, notFound, unusable, type Wanted } from './selection-errors.js';

export interface StorageContainer extends Reference {
  /** Id of its cluster; undefined = not known. */
  readonly cluster: string | undefined;
}

/** A storage container by name or UUID on the target cluster. `list` reads all that the account may see. */
export async function chooseStorageContainer(
  list: (attempt: Attempt) => Promise<readonly StorageContainer[]>,
  name: string,
  cluster: Reference | undefined,
  context: CallContext,
): Promise<Reference> {
  const wanted: Wanted = { kind: 'storage container', name };
  const all = await visible(list, wanted, context);
  if (all === undefined) return { id: name.toLowerCase(), name };
  const meant = all.filter((one) => one.name === name || one.id === name.toLowerCase());
  const here = meant.filter((one) => isOn(one, cluster));
  const [only, second] = here;
  if (only === undefined && meant.length > 0) {
    throw unusable(
      wanted,
      `it is not on cluster "${cluster?.name ?? ''}"`,
      'Name one of the target cluster.',
    );
  }
  if (only === undefined) {
    throw notFound(
      wanted,
      all.filter((one) => isOn(one, cluster)).map((one) => one.name),
    );
  }
  if (second !== undefined && cluster !== undefined) throw ambiguous(wanted, here);
  return { id: only.id, name: only.name };
}

/** Undefined where the account may not list them and a UUID was given: then the create has the last word. */
async function visible(
  list: (attempt: Attempt) => Promise<readonly StorageContainer[]>,
  wanted: Wanted,
  context: CallContext,
): Promise<readonly StorageContainer[] | undefined> {
  try {
    return await list({ attempted: lookingUp(wanted), signal: context.signal });
  } catch (error) {
    if (!isUuid(wanted.name) || !hasCode(error, 'permission-denied', 'not-found', 'unsupported')) throw error;
    context.progress(`${error.message} Its UUID is used unchecked.`);
    return undefined;
  }
}

function isOn(one: StorageContainer, cluster: Reference | undefined): boolean {
  return cluster === undefined || one.cluster === undefined || one.cluster === cluster.id;
}
