import type { CallContext, Volume, VolumeAttachment } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import type { VolumeCore } from '../core.js';

/** A host as volumes are attached to it. */
export type Target =
  { readonly kind: 'vm'; readonly vmId: string } | { readonly kind: 'iqn'; readonly iqn: string };

/** Reads a node id, `vm/<VM id>` or `iqn/<initiator name>`. */
export function targetFrom(nodeId: string, attempted: string): Target {
  const [, kind = '', rest = ''] = /^(vm|iqn)\/(\S+)$/.exec(nodeId) ?? [];
  if (kind === 'vm') return { kind, vmId: rest.toLowerCase() };
  if (kind === 'iqn') return { kind, iqn: rest };
  const problem = `"${nodeId}" is no node id; they look like vm/<VM id> or iqn/<initiator name>`;
  throw new OperationError({ code: 'not-found', attempted, problem });
}

export function nodeIdOf(attachment: VolumeAttachment): string {
  if (attachment.kind === 'vm') return `vm/${attachment.vmId}`;
  return `iqn/${attachment.initiatorName ?? attachment.clientId}`;
}

export function isAt(attachment: VolumeAttachment, target: Target): boolean {
  if (attachment.kind === 'vm') return target.kind === 'vm' && attachment.vmId.toLowerCase() === target.vmId;
  return target.kind === 'iqn' && attachment.initiatorName === target.iqn;
}

/** Who has the volume, in words; VMs by name where Prism tells it. */
export async function holdersOfVolume(
  core: VolumeCore,
  { attachments }: Volume,
  context: CallContext,
): Promise<string[]> {
  return await Promise.all(attachments.map(async (one) => await holderInWords(core, one, context)));
}

async function holderInWords(
  core: VolumeCore,
  attachment: VolumeAttachment,
  context: CallContext,
): Promise<string> {
  if (attachment.kind === 'initiator') {
    return `iSCSI initiator ${attachment.initiatorName ?? attachment.clientId}`;
  }
  const { vmId } = attachment;
  try {
    const vm = await core.parts.volumes.findVm(vmId, context);
    return vm === undefined ? `VM ${vmId}, which is gone` : `VM "${vm.name}"`;
  } catch {
    // Who holds it is worth less than the rest of the answer.
    return `VM ${vmId}`;
  }
}
