import type { CreationToken } from '../../provider/index.js';
import { readCreationToken, type Identity } from './creation-token.js';
import { cutText } from './texts.js';

/** The limit of Prism Central for a description (reference 2.1). */
const MAX_DESCRIPTION = 1000;

/**
 * What stands in the description of a VM of ours: `[made by alice@build-7 for ci-x7 in ci] [PRODUCT TOKEN]`. The first
 * part, and any of its three, may be missing.
 */
export interface OwnershipTag {
  readonly creationToken: CreationToken;
  /** `user@computer` of the process that made the VM. */
  readonly origin?: string | undefined;
  /** The machine it was made for; one word. Where the token tells it (v3), the tag does not. */
  readonly machineName?: string | undefined;
  /** The group of instances that it was made in; one word. */
  readonly group?: string | undefined;
}

/** An ownership tag with what its creation token stands for. */
export interface IdentifiedTag extends OwnershipTag {
  readonly identity: Identity;
}

/** The description a VM gets: the user's words, cut if need be, and the ownership tag, which is never cut. */
export function taggedDescription(
  description: string,
  product: string,
  { creationToken, origin, machineName, group }: OwnershipTag,
): string {
  const told = Object.entries({ by: origin, for: machineName, in: group }).flatMap(([word, what]) =>
    what === undefined ? [] : ` ${word} ${what}`,
  );
  const made = told.length === 0 ? '' : `[made${told.join('')}] `;
  const tag = `${made}[${product} ${creationToken}]`;
  const room = MAX_DESCRIPTION - tag.length - 1;
  const words = cutText(description.trim(), room).trim();
  return words === '' ? tag : `${words} ${tag}`;
}

/** True when a description has the ownership tag with this token. */
export function hasTag(description: string | undefined, product: string, token: CreationToken): boolean {
  return description?.includes(`[${product} ${token}]`) ?? false;
}

/** Every ownership tag of this product in a description. Users may have written other text around the tags. */
export function tagsIn(description: string, product: string): readonly OwnershipTag[] {
  return [...description.matchAll(patternFor(product))].map(
    ([, origin, machineName, group, creationToken = '']) => ({ creationToken, origin, machineName, group }),
  );
}

/**
 * The ownership tag of this product on a VM, whichever API made it; undefined = none. Of several, the one that names
 * this very VM counts: a description may have been pasted into another one.
 */
export function tagOn(
  vm: { readonly id: string | undefined; readonly description: string | undefined },
  product: string,
): IdentifiedTag | undefined {
  const found = tagsIn(vm.description ?? '', product).flatMap((tag): IdentifiedTag[] => {
    const identity = readCreationToken(tag.creationToken);
    return identity === undefined ? [] : [{ ...tag, identity }];
  });
  const id = vm.id?.toLowerCase();
  const own = found.find(({ identity }) => identity.kind === 'reserved' && identity.vmId === id);
  return own ?? found.at(-1);
}

function patternFor(product: string): RegExp {
  const word = String.raw`([^\s[\]]{1,100})`;
  const made = String.raw`(?:\[made(?: by ${word})?(?: for ${word})?(?: in ${word})?\] )?`;
  return new RegExp(String.raw`${made}\[${product.replaceAll('.', String.raw`\.`)} ([\w.:-]+)\]`, 'g');
}
