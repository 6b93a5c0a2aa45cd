import type { CallContext, CreationKey } from '../../../provider/index.js';
import type { Backend } from '../backend.js';
import { entity, uuidOf, type Entity } from '../envelope.js';
import { cut } from '../error-body.js';
import { listNamed, pathOf } from '../list.js';
import { runningVmTasks, vmIdsOf } from '../running-tasks.js';
import { hasCode } from '../../../support/index.js';

/** The schema's limit for a description (reference 2.1). */
const MAX_DESCRIPTION = 1000;

/** The description a VM gets: the person's words, cut if need be, and our mark, which is never cut. */
export function markedDescription(description: string, product: string, key: CreationKey): string {
  const mark = `[${product} ${key}]`;
  const room = MAX_DESCRIPTION - mark.length - 1;
  const words = cut(description.trim(), room).trim();
  return words === '' ? mark : `${words} ${mark}`;
}

/** True when a VM bears the mark of this key. */
export function bearsMark({ spec, status }: Entity, product: string, key: CreationKey): boolean {
  const description = spec?.description ?? status?.['description'];
  return typeof description === 'string' && description.includes(`[${product} ${key}]`);
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
): Promise<readonly string[]> {
  const attempt = { attempted: `look for VM "${name}" by its marks`, signal: context.signal };
  const listed = await listNamed(backend.api, 'vm', name, attempt);
  const { tasks } = await runningVmTasks(backend, context);
  const listedIds = new Set(listed.flatMap((one) => uuidOf(one) ?? []));
  const underWay = [...new Set(tasks.flatMap(vmIdsOf))].filter((id) => !listedIds.has(id));
  const fresh: Entity[] = [];
  for (const id of underWay) {
    try {
      fresh.push(await backend.api.get(`${pathOf('vm')}/${id}`, entity, attempt));
    } catch (error) {
      // Not there yet, or another user's.
      if (!hasCode(error, 'not-found', 'permission-denied')) throw error;
    }
  }
  const ours = [...listed, ...fresh].filter((one) => bearsMark(one, backend.product, key));
  return ours.flatMap((one) => uuidOf(one) ?? []);
}
