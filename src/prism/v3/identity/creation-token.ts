import type { CreationToken } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import { isUuid } from '../schema.js';

/**
 * What a creation token stands for; its first part names the API. `reserved`: the VM's UUID, reserved on the server under an identifier of our
 * own. `tagged`: the server refused to reserve; the VM is known by the token in its ownership tag.
 */
export type Identity =
  | { readonly kind: 'reserved'; readonly clientIdentifier: string; readonly vmId: string }
  | { readonly kind: 'tagged'; readonly token: string };

/** `v3:<client identifier>:<uuid>` or `v3-marks:<token>`. Neither part holds a colon. */
export function formatCreationToken(identity: Identity): CreationToken {
  return identity.kind === 'reserved'
    ? `v3:${identity.clientIdentifier}:${identity.vmId}`
    : `v3-marks:${identity.token}`;
}

/** undefined when this back end issued no such token. */
export function readCreationToken(token: CreationToken): Identity | undefined {
  const [version, first = '', second = '', ...rest] = token.split(':');
  if (version === 'v3' && WORD.test(first) && isUuid(second) && rest.length === 0) {
    return { kind: 'reserved', clientIdentifier: first, vmId: second.toLowerCase() };
  }
  if (version === 'v3-marks' && WORD.test(first) && second === '') return { kind: 'tagged', token: first };
  return undefined;
}

export function parseCreationToken(token: CreationToken): Identity {
  const identity = readCreationToken(token);
  if (identity !== undefined) return identity;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'read the creation key of a VM',
    problem: `"${token.slice(0, 80)}" is not one that this back end issued`,
    advice: 'The saved state of this host was changed or comes from a newer version.',
  });
}

const WORD = /^[A-Za-z0-9._-]+$/;
