import { PLACEHOLDER_FIELDS, isField, placeholdersIn, type Placeholder } from './placeholders.js';
import { selectHosts } from './select-hosts.js';
import type { HostDeclaration } from './fleet.js';
import type { Selection } from './schema.js';

/** What is wrong with the placeholders of a text that is filled in for the hosts of a selection; one sentence each. */
export function placeholderProblems(
  text: string,
  on: Selection,
  hosts: readonly HostDeclaration[],
): readonly string[] {
  const roles = [...new Set(hosts.flatMap(({ role }) => role ?? []))];
  const meant = selectHosts(hosts, on);
  return placeholdersIn(text).flatMap((placeholder) => problemOf(placeholder, roles, meant) ?? []);
}

function problemOf(
  { whole, scope, field }: Placeholder,
  roles: readonly string[],
  meant: readonly HostDeclaration[],
): string | undefined {
  const known = ['host', 'first', ...roles];
  if (field === '') {
    // A word alone belongs to another template language, unless it is one of ours.
    return known.includes(scope) ? `${whole} needs a field: {{ ${scope}.address }}` : undefined;
  }
  if (!known.includes(scope)) {
    const names = roles.length === 0 ? 'no group has a role' : `the roles are ${roles.join(', ')}`;
    return `there is no placeholder ${whole}: ${scope} is neither host nor first nor a role; ${names}`;
  }
  if (!isField(field))
    return `there is no placeholder ${whole}: the fields are ${PLACEHOLDER_FIELDS.join(', ')}`;
  const without = scope === 'first' ? meant.find(({ role }) => role === undefined) : undefined;
  if (without === undefined) return undefined;
  return `${whole} means the first host of the same role, and ${without.name} has no role`;
}
