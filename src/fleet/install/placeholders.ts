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

/**
 * Replaces {{ host.address }} and the like. Rejects what is not known: a typing error must not reach a host.
 * Templates of Docker's own ({{.Names}}) stay as they are.
 */
export async function fillIn(text: string, scopes: Scopes): Promise<string> {
  const values = new Map<string, string>();
  for (const [whole, scope = '', field = ''] of text.matchAll(PLACEHOLDER)) {
    const found = await scopes(scope);
    if (found === undefined || (field !== 'name' && field !== 'address' && field !== 'role')) {
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

const PLACEHOLDER = /\{\{\s*([a-z][\w-]*)\.(\w+)\s*\}\}/g;
