import type { CreationKey } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import { isUuid } from '../schema.js';

/**
 * What a creation key stands for. `reserved`: the VM's UUID, reserved on the server under an identifier of our
 * own. `marked`: the server refused to reserve; the VM is known by the token in its ownership tag.
 */
export type Identity =
  | { readonly kind: 'reserved'; readonly clientIdentifier: string; readonly vmId: string }
  | { readonly kind: 'marked'; readonly token: string };

/** `v3:<client identifier>:<uuid>` or `v3-marks:<token>`. Neither part holds a colon. */
export function formatCreationKey(identity: Identity): CreationKey {
  return identity.kind === 'reserved'
    ? `v3:${identity.clientIdentifier}:${identity.vmId}`
    : `v3-marks:${identity.token}`;
}

/** undefined when this back end issued no such key. */
export function readCreationKey(key: CreationKey): Identity | undefined {
  const [version, first = '', second = '', ...rest] = key.split(':');
  if (version === 'v3' && WORD.test(first) && isUuid(second) && rest.length === 0) {
    return { kind: 'reserved', clientIdentifier: first, vmId: second.toLowerCase() };
  }
  if (version === 'v3-marks' && WORD.test(first) && second === '') return { kind: 'marked', token: first };
  return undefined;
}

export function parseCreationKey(key: CreationKey): Identity {
  const identity = readCreationKey(key);
  if (identity !== undefined) return identity;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'read the creation key of a VM',
    problem: `"${key.slice(0, 80)}" is not one that this back end issued`,
    advice: 'The saved state of this host was changed or comes from a newer version.',
  });
}

const WORD = /^[A-Za-z0-9._-]+$/;
