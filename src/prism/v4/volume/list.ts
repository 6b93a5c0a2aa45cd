import type { CallContext } from '../../../provider/index.js';
import { odataText } from '../api.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
import { GROUPS, volumeGroup, type V4Group } from './group.js';

/** Which groups are wanted; {} = all. */
export interface GroupFilter {
  readonly name?: string | undefined;
  readonly namePrefix?: string | undefined;
  readonly id?: string | undefined;
}

/**
 * The groups that the account sees, in the order of their names, without which pages may overlap. Whether a
 * filter minds the case is not known, so names are compared again (reference v4 2.7).
 */
export async function listGroups(
  { api }: V4Backend,
  { name, namePrefix, id }: GroupFilter,
  attempted: string,
  { signal }: CallContext,
  $expand?: 'metadata',
): Promise<readonly (V4Group & { readonly extId: string })[]> {
  const conditions = [
    ...(name === undefined ? [] : [`name eq ${odataText(name)}`]),
    ...(namePrefix === undefined || namePrefix === '' ? [] : [`startswith(name,${odataText(namePrefix)})`]),
    ...(id === undefined ? [] : [`extId eq ${odataText(id)}`]),
  ];
  const $filter = conditions.length === 0 ? undefined : conditions.join(' and ');
  const query = { $filter, $orderby: 'name', $expand };
  const list = { namespace: 'volumes', path: GROUPS, query, item: volumeGroup } as const;
  const listed = await listAll(api, list, { attempted, signal });
  return listed.flatMap((one) => {
    const { extId, name: found = '' } = one;
    const isWanted =
      (name === undefined || found === name) &&
      found.startsWith(namePrefix ?? '') &&
      (id === undefined || extId === id.toLowerCase());
    return extId !== undefined && isWanted ? [{ ...one, extId }] : [];
  });
}
