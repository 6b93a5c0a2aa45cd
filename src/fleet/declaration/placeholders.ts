import { OperationError } from '../../support/index.js';

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
