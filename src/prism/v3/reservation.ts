import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { CallContext, CreationToken } from '../../provider/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import { refusalBehind } from '../http/index.js';
import {
  asWord,
  formatCreationToken,
  isUuid,
  LONGEST_NAME_IN_IDENTIFIER,
  type Attempt,
} from '../shared/index.js';
import type { V3Backend } from './backend.js';

const PATH = 'idempotence_identifiers';
/** Longer than any create takes, short enough that forgotten ones vanish. */
const VALID_MINUTES = 24 * 60;

const reservation = z.looseObject({ uuid_list: z.array(z.string().refine(isUuid)).min(1) });

/**
 * Reserves a UUID for a VM under an identifier that no other machine has (reference 2.6). Where the server
 * refuses, the token is one for the ownership tag alone.
 */
export async function issueToken(
  backend: V3Backend,
  name: string,
  context: CallContext,
): Promise<CreationToken> {
  const token = randomBytes(8).toString('hex');
  const clientIdentifier = `${backend.product}-${asWord(name, LONGEST_NAME_IN_IDENTIFIER)}-${token}`;
  const attempt = { attempted: `reserve the identity of VM "${name}"`, signal: context.signal };
  try {
    const answer = await reserved(backend, clientIdentifier, attempt);
    const [vmId = ''] = answer.uuid_list;
    return formatCreationToken({ kind: 'reserved', clientIdentifier, vmId: vmId.toLowerCase() });
  } catch (error) {
    if (!isRefusedForGood(error)) throw error;
    context.progress(
      `Prism Central reserves no identity (${error.problem}); the VM will be known by its name and ownership tag`,
    );
    return formatCreationToken({ kind: 'tagged', token });
  }
}

/** A repeated request whose first answer was lost may find its own reservation: then that one counts. */
async function reserved(
  { api }: V3Backend,
  clientIdentifier: string,
  attempt: Attempt,
): Promise<z.infer<typeof reservation>> {
  const body = { client_identifier: clientIdentifier, count: 1, valid_duration_in_minutes: VALID_MINUTES };
  try {
    return await api.send(
      { method: 'POST', path: PATH, body, answer: reservation, repeatable: true },
      attempt,
    );
  } catch (error) {
    if (!hasCode(error, 'conflict')) throw error;
    const path = `${PATH}/${encodeURIComponent(clientIdentifier)}`;
    return await api.send({ method: 'GET', path, answer: reservation }, attempt);
  }
}

function isRefusedForGood(error: unknown): error is Error & { readonly problem: string } {
  if (refusalBehind(error)?.reasons.includes('IDEMPOTENCE_UUID_CREATION_FAILED') ?? false) return true;
  return hasCode(error, 'permission-denied', 'not-found', 'unsupported', 'invalid-input', 'conflict');
}

/**
 * Gives a reservation back; true when the server has none (any more). A server that will not let go of it is no
 * reason to leave a VM behind: it expires by itself. `purpose`: what it is given back for, in errors; a user
 * knows the VM and not the reservation.
 */
export async function giveBack(
  backend: V3Backend,
  clientIdentifier: string,
  context: CallContext,
  purpose = `give back the reservation "${clientIdentifier}"`,
): Promise<boolean> {
  const attempt = { attempted: purpose, signal: context.signal };
  try {
    const path = `${PATH}/${encodeURIComponent(clientIdentifier)}`;
    await backend.api.send({ method: 'DELETE', path, answer: z.unknown() }, attempt);
    return true;
  } catch (error) {
    if (hasCode(error, 'not-found')) return true;
    if (refusalBehind(error) === undefined || hasCode(error, 'unauthenticated')) throw error;
    backend.logger.debug(OperationError.from(error, attempt.attempted).message);
    return false;
  }
}
