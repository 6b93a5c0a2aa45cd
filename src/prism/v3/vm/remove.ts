import type { CallContext, CreationToken, VmIdentity } from '../../../provider/index.js';
import { poll, type Probed } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { parseCreationToken } from '../../shared/index.js';
import { giveBack } from '../reservation.js';
import { deleteVm } from './delete.js';
import { findTagged } from './find-tagged.js';

const TAGGED_ROUNDS = 5;
const UNSEEN_CREATE_MS = 5_000;

/**
 * Removes whatever a VM's identity leads to and waits until it is gone. The reservation goes first, so that a create
 * request still on its way is refused when it arrives.
 */
export async function removeVm(backend: V3Backend, wanted: VmIdentity, context: CallContext): Promise<void> {
  const { name, vmId, creationToken } = wanted;
  if (creationToken === undefined) {
    if (vmId !== undefined) await deleteVm(backend, { id: vmId, name, created: true }, context);
    return;
  }
  const identity = parseCreationToken(creationToken);
  if (identity.kind === 'reserved') {
    const { clientIdentifier } = identity;
    const purpose = `delete VM "${name}" (${vmId ?? identity.vmId})`;
    const released = await giveBack(backend, clientIdentifier, context, purpose);
    if (vmId !== undefined && vmId !== identity.vmId) {
      await deleteVm(backend, { id: vmId, name, created: true }, context);
    }
    await deleteVm(backend, { id: identity.vmId, name, created: vmId === identity.vmId }, context);
    if (released || (await giveBack(backend, clientIdentifier, context, purpose))) return;
    backend.logger.warn(
      `The reservation "${clientIdentifier}" could not be given back; it expires by itself.`,
    );
  } else if (vmId !== undefined) {
    await deleteVm(backend, { id: vmId, name, created: true }, context);
  } else {
    await removeTagged(backend, name, creationToken, context);
  }
}

/** Only VMs of exactly this name with the ownership tag of this token are touched. */
async function removeTagged(
  backend: V3Backend,
  name: string,
  token: CreationToken,
  context: CallContext,
): Promise<void> {
  const round = async (number: number): Promise<Probed<void>> => {
    const { ids, complete } = await findTagged(backend, name, token, context);
    if (ids.length === 0 && (complete || number > 1)) return { ready: true, value: undefined };
    for (const id of ids) {
      context.progress(`VM ${id} is named "${name}" and carries the ownership tag of this host: deleting it`);
      await deleteVm(backend, { id, name, created: true }, context);
    }
    // A create under way is in no list; where tasks cannot be listed either it is given time to show itself.
    const pause = complete ? 0 : UNSEEN_CREATE_MS;
    return number < TAGGED_ROUNDS ? { ready: false, pause } : { ready: true, value: undefined };
  };
  await poll(round, { clock: backend.clock, signal: context.signal, delays: () => 0 });
}
