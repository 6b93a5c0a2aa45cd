import type { HostDeclaration } from './fleet.js';
import type { Selection } from './schema.js';

/** The hosts that a selection means: by role, group or name; `which` of them, in the order of the file. */
export function selectHosts<H extends HostDeclaration>(
  hosts: readonly H[],
  { role, which }: Selection,
): readonly H[] {
  const found = hosts.filter((host) => role === 'all' || [host.role, host.group, host.name].includes(role));
  if (which === 'first') return found.slice(0, 1);
  return which === 'others' ? found.slice(1) : found;
}
