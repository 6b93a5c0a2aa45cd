import type { CallContext } from '../../../provider/index.js';
import { deadlineAfter } from '../../../support/index.js';

/** Number of UUIDs shown; more would not help. */
const SHOWN = 3;
/** Of all look-ups before a create this is the only one that it can do without, ms. */
const LIMIT = 10_000;

/** Lists the UUIDs of all VMs of exactly this name; undefined stands for one without UUID. */
export type ListNamesakes = (
  name: string,
  attempt: { readonly attempted: string; readonly signal: AbortSignal },
) => Promise<readonly (string | undefined)[]>;

/**
 * What to know about VMs that have the name already. Prism Central allows any number of VMs of one name
 * (reference 7.2), and this driver tells them apart by UUID, so it is a warning. Without an answer there is none:
 * a look-up for a remark must not stop or hold up a create.
 */
export async function namesakeWarnings(
  list: ListNamesakes,
  name: string | undefined,
  { signal: parent }: CallContext,
  limit = LIMIT,
): Promise<readonly string[]> {
  if (name === undefined) return [];
  const attempted = `look for other VMs named "${name}"`;
  const deadline = deadlineAfter(limit, attempted, undefined, parent);
  const listed = await list(name, { attempted, signal: deadline.signal })
    .catch(() => [])
    .finally(() => deadline.clear());
  if (listed.length === 0) return [];
  const ids = listed.map((id) => id ?? 'without UUID');
  const shown = [...ids.slice(0, SHOWN), ...(ids.length > SHOWN ? ['…'] : [])].join(', ');
  const [are, they] = ids.length === 1 ? ['A VM is', 'It is'] : [`${ids.length} VMs are`, 'They are'];
  return [
    `${are} named "${name}" already in Prism Central (${shown}). ${they} left alone, now and by "rm"; another name makes the new one easier to find.`,
  ];
}
