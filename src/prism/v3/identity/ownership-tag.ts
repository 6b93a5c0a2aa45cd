import type { CreationKey } from '../../../provider/index.js';
import type { Entity } from '../envelope.js';
import { readCreationKey, type Identity } from './creation-token.js';

/** What the marks on a VM say. */
export interface Marks {
  readonly creationKey: CreationKey;
  readonly identity: Identity;
  /** `user@computer` of the process that made it. */
  readonly origin?: string | undefined;
}

/**
 * The marks of this product in a VM's description, whatever people wrote around them; undefined = none. Of
 * several, those that name this very VM count: a description may have been pasted into another one.
 */
export function marksOn({ metadata, spec, status }: Entity, product: string): Marks | undefined {
  const description = spec?.description ?? status?.['description'];
  if (typeof description !== 'string') return undefined;
  const found = [...description.matchAll(patternFor(product))].flatMap(
    ([, origin, creationKey = '']): Marks[] => {
      const identity = readCreationKey(creationKey);
      return identity === undefined ? [] : [{ creationKey, identity, origin }];
    },
  );
  const uuid = metadata?.uuid?.toLowerCase();
  const own = found.find(({ identity }) => identity.kind === 'reserved' && identity.vmId === uuid);
  return own ?? found.at(-1);
}

function patternFor(product: string): RegExp {
  const origin = String.raw`(?:\[made by ([^\s[\]]{1,100})\] )?`;
  return new RegExp(String.raw`${origin}\[${product.replaceAll('.', String.raw`\.`)} ([\w.:-]+)\]`, 'g');
}
