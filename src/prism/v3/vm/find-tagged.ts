import type { CallContext, CreationKey } from '../../../provider/index.js';
import { hasCode } from '../../../support/index.js';
import type { Backend } from '../backend.js';
import { nameOf, uuidOf, type Entity } from '../envelope.js';
import { cut } from '../error-body.js';
import { listNamed } from '../list.js';
import { runningVmTasks, vmIdsOf } from '../task/running-tasks.js';
import { readVm } from './read.js';

/** The schema's limit for a description (reference 2.1). */
const MAX_DESCRIPTION = 1000;

/** The description a VM gets: the person's words, cut if need be, and our marks, which are never cut. */
export function markedDescription(
  description: string,
  product: string,
  key: CreationKey,
  origin?: string,
): string {
  const mark = `${origin === undefined ? '' : `[made by ${origin}] `}[${product} ${key}]`;
  const room = MAX_DESCRIPTION - mark.length - 1;
  const words = cut(description.trim(), room).trim();
  return words === '' ? mark : `${words} ${mark}`;
}

/** True when a VM bears the mark of this key. */
export function bearsMark({ spec, status }: Entity, product: string, key: CreationKey): boolean {
  const description = spec?.description ?? status?.['description'];
  return typeof description === 'string' && description.includes(`[${product} ${key}]`);
}

/** VMs of one name with one mark. `complete` is false when a create under way may have been overlooked. */
export interface MarkedVms {
  readonly ids: readonly string[];
  readonly complete: boolean;
}

/**
 * The VMs that were made with this key, for servers without reservations: of exactly the name, and with the
 * mark. Lists leave out VMs whose creation is under way (reference 2.7), so unfinished tasks are looked at too.
 */
export async function findMarked(
  backend: Backend,
  name: string,
  key: CreationKey,
  context: CallContext,
): Promise<MarkedVms> {
  const attempted = `look for VM "${name}" by its marks`;
  const listed = await listNamed(backend.api, 'vm', name, { attempted, signal: context.signal });
  const { tasks, complete } = await runningVmTasks(backend, context);
  const listedIds = new Set(listed.flatMap((one) => uuidOf(one) ?? []));
  const underWay = [...new Set(tasks.flatMap(vmIdsOf))].filter((id) => !listedIds.has(id));
  const fresh = await Promise.all(underWay.map((id) => readIfVisible(backend, id, attempted, context)));
  const ours = [...listed, ...fresh].filter(
    (one) => one !== undefined && nameOf(one) === name && bearsMark(one, backend.product, key),
  );
  return { ids: ours.flatMap((one) => (one === undefined ? [] : (uuidOf(one) ?? []))), complete };
}

async function readIfVisible(
  backend: Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<Entity | undefined> {
  try {
    return await readVm(backend, id, attempted, context);
  } catch (error) {
    // Another user's VM is not ours either.
    if (hasCode(error, 'permission-denied')) return undefined;
    throw error;
  }
}
