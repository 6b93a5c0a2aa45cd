import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { CallContext, CreationKey } from '../../../provider/index.js';
import { hasCode } from '../../../support/index.js';
import { refusalOf } from '../../http/index.js';
import type { Backend } from '../backend.js';
import { isUuid } from '../schema.js';
import { asWord, formatCreationKey } from './creation-key.js';

/** Longer than any create takes, short enough that forgotten ones vanish. */
const VALID_MINUTES = 24 * 60;

const reservation = z.looseObject({ uuid_list: z.array(z.string().refine(isUuid)).min(1) });

/**
 * Reserves a UUID for a VM under an identifier that no other machine has (reference 2.6). Where the server
 * refuses, the key is one of marks instead.
 */
export async function issueKey(backend: Backend, name: string, context: CallContext): Promise<CreationKey> {
  const token = randomBytes(8).toString('hex');
  const clientIdentifier = `${backend.product}-${asWord(name, 40)}-${token}`;
  const attempt = { attempted: `reserve the identity of VM "${name}"`, signal: context.signal };
  const body = {
    client_identifier: clientIdentifier,
    count: 1,
    valid_duration_in_minutes: VALID_MINUTES,
  };
  try {
    const answer = await backend.api.repeatableChange('idempotence_identifiers', body, reservation, attempt);
    const [vmId = ''] = answer.uuid_list;
    return formatCreationKey({ kind: 'reserved', clientIdentifier, vmId: vmId.toLowerCase() });
  } catch (error) {
    if (!isRefusedForGood(error)) throw error;
    context.progress(
      `Prism Central reserves no identity; the VM will be known by its marks (${error.problem})`,
    );
    return formatCreationKey({ kind: 'marked', token });
  }
}

function isRefusedForGood(error: unknown): error is Error & { readonly problem: string } {
  if (refusalOf(error)?.reasons.includes('IDEMPOTENCE_UUID_CREATION_FAILED') ?? false) return true;
  return hasCode(error, 'permission-denied', 'not-found', 'unsupported', 'invalid-input', 'conflict');
}

/** Gives a reservation back. One that is gone, or that the server does not let go of, is no problem. */
export async function giveBack(
  backend: Backend,
  clientIdentifier: string,
  context: CallContext,
): Promise<void> {
  const attempt = { attempted: `give back the reservation "${clientIdentifier}"`, signal: context.signal };
  try {
    await backend.api.delete(
      `idempotence_identifiers/${encodeURIComponent(clientIdentifier)}`,
      z.unknown(),
      attempt,
    );
  } catch (error) {
    if (!isRefusedForGood(error)) throw error;
    backend.logger.debug(error.message);
  }
}
