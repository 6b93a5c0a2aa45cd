import { createHash } from 'node:crypto';
import type { CreationToken } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { isUuid } from './answers.js';

/**
 * What a creation token stands for; its first part names the API that issued it. Every version of the API reads those
 * of the others, so that a machine stays removable when another one is spoken by then.
 */
export type Identity =
  /** API v3: the VM's UUID, reserved on the server under an identifier of our own. */
  | { readonly kind: 'reserved'; readonly clientIdentifier: string; readonly vmId: string }
  /** API v3 where the server refused to reserve: the VM is known by the token in its ownership tag. */
  | { readonly kind: 'tagged'; readonly token: string }
  /** API v4: the id of the request that makes the VM, which is known by the token in its ownership tag. */
  | { readonly kind: 'requested'; readonly requestId: string };

/** `v3:<client identifier>:<uuid>`, `v3-marks:<token>` or `v4:<uuid>`. No part holds a colon. */
export function formatCreationToken(identity: Identity): CreationToken {
  switch (identity.kind) {
    case 'reserved':
      return `v3:${identity.clientIdentifier}:${identity.vmId}`;
    case 'tagged':
      return `v3-marks:${identity.token}`;
    case 'requested':
      return `v4:${identity.requestId}`;
  }
}

/** undefined when it is no token of ours. */
export function readCreationToken(token: CreationToken): Identity | undefined {
  const [version, first = '', second, ...rest] = token.split(':');
  if (rest.length > 0) return undefined;
  if (second !== undefined) {
    const isReserved = version === 'v3' && WORD.test(first) && isUuid(second);
    return isReserved ? { kind: 'reserved', clientIdentifier: first, vmId: second.toLowerCase() } : undefined;
  }
  if (version === 'v3-marks' && WORD.test(first)) return { kind: 'tagged', token: first };
  if (version === 'v4' && isUuid(first)) return { kind: 'requested', requestId: first.toLowerCase() };
  return undefined;
}

export function parseCreationToken(token: CreationToken): Identity {
  const identity = readCreationToken(token);
  if (identity !== undefined) return identity;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'read the creation token of a VM',
    problem: `"${token.slice(0, 80)}" is not one that this back end issued`,
    advice: 'The saved state of this host was changed or comes from a newer version.',
  });
}

/**
 * The request id under which API v4 makes the VM of a token: the same for every attempt, whichever API issued the
 * token. A token without a UUID is hashed into one.
 */
export function requestIdOf(identity: Identity): string {
  switch (identity.kind) {
    case 'requested':
      return identity.requestId;
    case 'reserved':
      return identity.vmId;
    case 'tagged':
      return uuidFromText(identity.token);
  }
}

/** A UUID of version 8, whose bits are the text's hash. */
function uuidFromText(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const WORD = /^[A-Za-z0-9._-]+$/;
