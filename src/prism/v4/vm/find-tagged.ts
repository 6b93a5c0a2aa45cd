import type { CallContext, CreationToken } from '../../../provider/index.js';
import { hasTag } from '../../shared/index.js';
import { odataText } from '../api.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
import { vm, VMS } from './vm.js';

/**
 * The ids of the VMs of exactly this name with the ownership tag of this token. A description cannot be filtered by
 * (reference v4 2.7), so those of the name are read. One that is still being made is in no list.
 */
export async function findTagged(
  { api, product }: V4Backend,
  name: string,
  token: CreationToken,
  { signal }: CallContext,
): Promise<readonly string[]> {
  const attempted = `look for VM "${name}" by its ownership tag`;
  const query = { $filter: `name eq ${odataText(name)}`, $select: 'extId,name,description' };
  const listed = await listAll(api, { namespace: 'vmm', path: VMS, query, item: vm }, { attempted, signal });
  return listed.flatMap((one) =>
    one.extId !== undefined && one.name === name && hasTag(one.description, product, token)
      ? [one.extId]
      : [],
  );
}
