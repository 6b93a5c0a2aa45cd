import { OperationError } from '../../support/index.js';

export interface PlaceholderValues {
  readonly host: HostValues;
  /** The first of all hosts with the same role, or the first of the file for a host without one. */
  readonly first: HostValues;
}

export interface HostValues {
  readonly name: string;
  readonly address: string;
  readonly role: string;
}

/**
 * Replaces {{ host.address }} and the like. Rejects what is not known: a typing error must not reach a host.
 * Templates of Docker's own ({{.Names}}) stay as they are.
 */
export function fillIn(text: string, values: PlaceholderValues): string {
  return text.replaceAll(/\{\{\s*([a-z]\w*(?:\.\w+)+)\s*\}\}/g, (whole, name: string) => {
    const [scope, field] = name.split('.');
    const source = scope === 'host' ? values.host : scope === 'first' ? values.first : undefined;
    if (source !== undefined && (field === 'name' || field === 'address' || field === 'role'))
      return source[field];
    throw new OperationError({
      code: 'invalid-input',
      attempted: `fill in ${whole}`,
      problem: 'there is no such placeholder',
      advice: 'There are host.name, host.address, host.role, first.name, first.address and first.role.',
    });
  });
}
