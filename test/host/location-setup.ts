import { AddressDiscovery } from '../../src/host/address-discovery.js';
import type { Nic } from '../../src/provider/index.js';
import { HostSetup } from './host-setup.js';

export type Port = 'connected' | 'refused' | 'silent';

export interface LocationChoice {
  readonly mustAnswer?: boolean;
  readonly addressNetwork?: string;
  readonly knownAddress?: string;
}

export const nic = (ip: string, source: 'assigned' | 'learned' = 'assigned'): Nic => ({
  subnet: 'lan',
  addresses: [{ ip, source }],
});

/** A host whose guest is looked for, and what its addresses come to. */
export class LocationSetup extends HostSetup {
  /** What a connection to an address comes to; silence where nothing is said. */
  ports: Record<string, Port> = {};
  /** Addresses at which the host's key is accepted. */
  ours: readonly string[] = [];
  /** Addresses at which the key was tried. */
  readonly asked: string[] = [];

  async locationOf(nics: Nic[], change: LocationChoice = {}) {
    const { cloud, context, logger, clock } = this;
    const spec = this.spec();
    const { placement, creationToken } = await this.hosts.prepare(spec, context);
    const vmSpec = { ...spec.vm, name: spec.name, placement, userData: '', hostname: '' };
    const vmId = await cloud.create(creationToken, vmSpec, context);
    cloud.nics = nics;
    const location = new AddressDiscovery(
      { provider: cloud, logger, clock, addressNetworkOption: '--network' },
      { name: 'web-1', vmId },
      { ssh: spec.ssh, mustAnswer: false, ...change },
      async (ip) => await Promise.resolve(this.ports[ip] ?? 'silent'),
      {
        recognise: async (candidates) => {
          this.asked.push(...candidates.map(({ ip }) => ip));
          return await Promise.resolve(candidates.find(({ ip }) => this.ours.includes(ip)));
        },
      },
    );
    return { vm: cloud.vms.get(vmId) ?? missing(), find: async () => await location.wait(context) };
  }
}

export function missing(): never {
  throw new Error('no VM');
}
