import type { CreationToken } from '../../../provider/index.js';
import { hasTag, tagsIn, type OwnershipTag } from '../../shared/index.js';
import type { Entity } from '../envelope.js';
import { readCreationToken, type Identity } from './creation-token.js';

/** The ownership tag on a VM, with what its creation token stands for. */
export interface IdentifiedTag extends OwnershipTag {
  readonly identity: Identity;
}

/** True when a VM carries the ownership tag with this token. */
export function carriesTag(vm: Entity, product: string, token: CreationToken): boolean {
  return hasTag(descriptionOf(vm), product, token);
}

/**
 * The ownership tag of this product on a VM; undefined = none. Of several, the one that names this very VM counts: a
 * description may have been pasted into another one.
 */
export function tagOn(vm: Entity, product: string): IdentifiedTag | undefined {
  const found = tagsIn(descriptionOf(vm) ?? '', product).flatMap((tag): IdentifiedTag[] => {
    const identity = readCreationToken(tag.creationToken);
    return identity === undefined ? [] : [{ ...tag, identity }];
  });
  const uuid = vm.metadata?.uuid?.toLowerCase();
  const own = found.find(({ identity }) => identity.kind === 'reserved' && identity.vmId === uuid);
  return own ?? found.at(-1);
}

function descriptionOf({ spec, status }: Entity): string | undefined {
  const description = spec?.description ?? status?.['description'];
  return typeof description === 'string' ? description : undefined;
}
