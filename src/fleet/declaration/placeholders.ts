import { OperationError } from '../../support/index.js';
import { selectHosts, type HostDeclaration } from './fleet.js';
import type { Selection } from './schema.js';

/**
 * By scope: `host`; `first`, the first host with the same role; and each role of the file, meaning its first
 * host. Asked only for scopes that a text uses. undefined = there is no such scope.
 */
export type Scopes = (scope: string) => Promise<HostValues | undefined>;

export interface HostValues {
  readonly name: string;
  readonly address: string;
  readonly role: string;
}

export interface Placeholder {
  /** As written, with its braces. */
  readonly whole: string;
  readonly scope: string;
  /** Empty when only a scope is written. */
  readonly field: string;
}

/** What follows the dot of a placeholder. */
export const PLACEHOLDER_FIELDS = ['name', 'address', 'role'] as const;

/**
 * A word, or two with a dot between them. Templates of Docker's own ({{.Names}}, {{json .Mounts}}) are written
 * differently and stay as they are.
 */
const PLACEHOLDER = /\{\{\s*([a-z][\w-]*)(?:\.(\w+))?\s*\}\}/gi;

/** Everything in a text that is written like a placeholder, each once. A word alone may belong to another language. */
export function placeholdersIn(text: string): readonly Placeholder[] {
  const found = [...text.matchAll(PLACEHOLDER)].map(([whole, scope = '', field = '']): Placeholder => {
    return { whole, scope, field };
  });
  return [...new Map(found.map((one) => [one.whole, one])).values()];
}

/** Replaces {{ host.address }} and the like. Rejects what is not known: a typing error must not reach a host. */
export async function fillIn(text: string, scopes: Scopes): Promise<string> {
  const values = new Map<string, string>();
  for (const { whole, scope, field } of placeholdersIn(text)) {
    if (field === '') continue;
    const found = await scopes(scope);
    if (found === undefined || !isField(field)) {
      throw new OperationError({
        code: 'invalid-input',
        attempted: `fill in ${whole}`,
        problem: 'there is no such placeholder',
        advice: 'There are name, address and role of host, of first, and of each role: {{ first.address }}.',
      });
    }
    values.set(whole, found[field]);
  }
  return text.replaceAll(PLACEHOLDER, (whole) => values.get(whole) ?? whole);
}

export function isField(text: string): text is (typeof PLACEHOLDER_FIELDS)[number] {
  return PLACEHOLDER_FIELDS.some((field) => field === text);
}

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
