import type { CallContext, OwnedVm } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { inParallel } from '../context/in-parallel.js';
import type { Reporter } from '../context/reporter.js';
import { readKnownMachines } from './known-machines.js';
import { withinLimit } from '../context/fleet-context.js';
import type { OrphanContext } from './find-orphans.js';
import { judge } from './verdict.js';

/** A VM's disks go with it, and Prism may be busy; ms. */
const DELETE_LIMIT = 300_000;
/** More at a time do not make a Prism Central faster. */
const AT_A_TIME = 5;

/** left alone: it turned out to be gone, or no orphan (any more). */
export type DeletionResult = 'deleted' | 'left alone' | 'failed';

/**
 * Deletes orphans; each is judged again, by what it and the stores are by then, before it is deleted. One that fails does not stop the others;
 * once `stop` is aborted no further one is begun (its result is undefined).
 */
export function deleteOrphans(
  context: OrphanContext,
  orphans: readonly OwnedVm[],
  reporter: Reporter,
): Promise<(DeletionResult | undefined)[]> {
  return inParallel(orphans, AT_A_TIME, context.stop, async (vm) => {
    const label = labelOf(vm);
    reporter.begin(label, 'looking at it again');
    try {
      const { fate, text } = await deleteOne(context, vm, (line) => reporter.step(label, line));
      reporter.end(label, true, text);
      return fate;
    } catch (error) {
      reporter.end(label, false, OperationError.from(error, `delete VM ${label}`).message);
      return 'failed';
    }
  });
}

/** Several orphans may have the same name. */
export function labelOf({ id, name }: OwnedVm): string {
  return `${name} (${shortId(id)})`;
}

export function shortId(id: string): string {
  return id.slice(0, 8);
}

async function deleteOne(
  context: OrphanContext,
  vm: OwnedVm,
  say: (line: string) => void,
): Promise<{ readonly fate: DeletionResult; readonly text: string }> {
  const { cloud, stop } = context;
  const attempted = `delete VM "${vm.name}" (${vm.id})`;
  const remove = async (call: CallContext): Promise<string | undefined> => {
    const current = await cloud.readOwned(vm.id, call);
    const objection = await objectionTo(context, vm, current);
    if (current === undefined || objection !== undefined) return objection;
    say('deleting it');
    await cloud.remove({ name: current.name, creationToken: current.creationToken, vmId: current.id }, call);
    return undefined;
  };
  const objection = await withinLimit(DELETE_LIMIT, attempted, stop, remove, say);
  if (objection === undefined) return { fate: 'deleted', text: 'deleted' };
  return { fate: 'left alone', text: `left alone: ${objection}` };
}

/** Why a VM that was an orphan a moment ago is not deleted; undefined = it still is one. */
async function objectionTo(
  context: OrphanContext,
  before: OwnedVm,
  current: OwnedVm | undefined,
): Promise<string | undefined> {
  if (current === undefined) return 'it is gone, or bears no ownership tag any more';
  if (current.creationToken !== before.creationToken) return 'its ownership tag has changed';
  const known = await readKnownMachines(context.stores);
  const unclear = known.unreadable[0] ?? known.missing[0];
  if (unclear !== undefined) return `${unclear} cannot be read any more`;
  const { verdict, reason } = judge(current, { ...context, known, now: context.now() });
  return verdict === 'orphan' ? undefined : reason;
}
