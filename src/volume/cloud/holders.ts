import type { CallContext, ListedVolume, VolumeAttachment } from '../../provider/index.js';
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

/** Who has volumes, in words; VMs by name where Prism tells it. Of a VM that has many Prism is asked once. */
export class HolderWords {
  readonly #core: VolumeCore;
  readonly #context: CallContext;
  readonly #vms = new Map<string, Promise<string>>();

  constructor(core: VolumeCore, context: CallContext) {
    this.#core = core;
    this.#context = context;
  }

  async of({ attachments }: ListedVolume): Promise<string[]> {
    return await Promise.all(attachments.map(async (one) => await this.#inWords(one)));
  }

  async #inWords(attachment: VolumeAttachment): Promise<string> {
    if (attachment.kind === 'initiator') {
      return `iSCSI initiator ${attachment.initiatorName ?? attachment.clientId}`;
    }
    const { vmId } = attachment;
    const words = this.#vms.get(vmId) ?? this.#ofVm(vmId);
    this.#vms.set(vmId, words);
    return await words;
  }

  async #ofVm(vmId: string): Promise<string> {
    try {
      const vm = await this.#core.parts.volumes.findVm(vmId, this.#context);
      return vm === undefined ? `VM ${vmId}, which is gone` : `VM "${vm.name}"`;
    } catch {
      // Who holds it is worth less than the rest of the answer.
      return `VM ${vmId}`;
    }
  }
}
