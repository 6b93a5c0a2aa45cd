import { ipv4Range, ipv4Text } from '../../../support/index.js';
import type { SubnetSpec } from '../schema/entity-bodies.js';

/** The virtual switch that every cluster comes with. */
const VIRTUAL_SWITCH = '5dc597bd-e86f-4440-af9f-65d158ae0588';

/**
 * A subnet's spec with what the server adds to the wish, in the three forms that were recorded from pc.2024.1: a
 * VLAN of a cluster, a VLAN that leads out of VPCs (`is_external`), and an overlay inside a VPC.
 */
export function completeSubnet(wish: SubnetSpec): SubnetSpec {
  if (wish.subnet_type === 'OVERLAY') return completeOverlay(wish);
  return isExternal(wish) ? completeExternal(wish) : completeVlan(wish);
}

export function isExternal(spec: SubnetSpec): boolean {
  return spec['is_external'] === true;
}

function completeVlan(wish: SubnetSpec): SubnetSpec {
  const { ip_config: ip } = wish;
  const managed = ip?.subnet_ip !== undefined && ip.prefix_length !== undefined;
  return {
    virtual_switch_uuid: VIRTUAL_SWITCH,
    vswitch_name: 'br0',
    ...wish,
    ...(managed ? { ip_config: { dhcp_server_address: { ip: lastAddress(ip) }, ...ip } } : {}),
  };
}

function completeExternal(wish: SubnetSpec): SubnetSpec {
  const switched = { virtual_switch_uuid: VIRTUAL_SWITCH, enable_nat: true };
  return { ...switched, external_connectivity_state: 'DISABLED', ...wish, advanced_networking: true };
}

/** The VPC has two names: `virtual_network_reference` is the older one. */
function completeOverlay(wish: SubnetSpec): SubnetSpec {
  const vpc = uuidOf(wish['vpc_reference']) ?? uuidOf(wish['virtual_network_reference']);
  const references =
    vpc === undefined
      ? {}
      : {
          vpc_reference: { kind: 'vpc', uuid: vpc },
          virtual_network_reference: { kind: 'virtual_network', uuid: vpc },
        };
  return { external_connectivity_state: 'ENABLED', ...references, ...wish, advanced_networking: true };
}

/** The last address of a network that a host can have: Nutanix's DHCP server takes it when none was chosen. */
export function lastAddress(network: { subnet_ip?: string; prefix_length?: number }): string {
  const { subnet_ip: first = '0.0.0.0', prefix_length: prefix = 32 } = network;
  return ipv4Text(ipv4Range(first, prefix).last - 1);
}

function uuidOf(reference: unknown): string | undefined {
  if (typeof reference !== 'object' || reference === null || !('uuid' in reference)) return undefined;
  return typeof reference.uuid === 'string' ? reference.uuid : undefined;
}
