import { VIRTUAL_SWITCH } from '../../core/inventory/identities.js';
import { withDhcpServer, type SubnetConfig } from '../../core/ipam.js';
import type { Extras } from '../../core/store/entity.js';
import type { SubnetAddresses } from '../../core/store/records.js';
import { without } from '../fields.js';
import type { IpPool, SubnetSpec } from '../schema/entity-bodies.js';

type Json = Readonly<Record<string, unknown>>;

/** What a request says of a subnet. */
export function subnetConfig(spec: SubnetSpec): SubnetConfig {
  const {
    subnet_type: type,
    vlan_id: vlanId,
    is_external: external,
    enable_nat: nat,
    ip_config: ip,
    ...extras
  } = spec;
  const config = {
    type,
    vlanId,
    external,
    nat,
    vpcUuid: vpcOf(spec),
    network: ip && addressesOf(ip),
    extras,
  };
  return ip?.dhcp_server_address === undefined ? withDhcpServer(config) : config;
}

/**
 * The `resources` of a subnet, with what the server adds in the three forms that were recorded from pc.2024.1: a VLAN of
 * a cluster, a VLAN that leads out of VPCs, and an overlay inside a VPC.
 */
export function subnetResources(subnet: SubnetConfig): Json {
  if (subnet.type === 'OVERLAY') return overlayResources(subnet);
  const given = givenResources(subnet);
  if (subnet.external !== true) return { virtual_switch_uuid: VIRTUAL_SWITCH, vswitch_name: 'br0', ...given };
  const defaults = {
    virtual_switch_uuid: VIRTUAL_SWITCH,
    enable_nat: true,
    external_connectivity_state: 'DISABLED',
  };
  return { ...defaults, ...given, advanced_networking: true };
}

/** The VPC has two names: `virtual_network_reference` is the older one. */
function overlayResources(subnet: SubnetConfig): Json {
  const { vpcUuid: uuid } = subnet;
  const references =
    uuid === undefined
      ? {}
      : {
          vpc_reference: { kind: 'vpc', uuid },
          virtual_network_reference: { kind: 'virtual_network', uuid },
        };
  return {
    external_connectivity_state: 'ENABLED',
    ...references,
    ...givenResources(subnet),
    advanced_networking: true,
  };
}

function givenResources({ type, vlanId, external, nat, network, extras }: SubnetConfig): Json {
  return {
    subnet_type: type,
    ...(vlanId === undefined ? {} : { vlan_id: vlanId }),
    ...(external === undefined ? {} : { is_external: external }),
    ...(nat === undefined ? {} : { enable_nat: nat }),
    ...(network === undefined ? {} : { ip_config: ipConfig(network) }),
    ...extras,
  };
}

function vpcOf(spec: SubnetSpec): string | undefined {
  if (spec.subnet_type !== 'OVERLAY') return undefined;
  return spec.vpc_reference?.uuid ?? spec.virtual_network_reference?.uuid;
}

function addressesOf(ip: NonNullable<SubnetSpec['ip_config']>): SubnetAddresses {
  const {
    subnet_ip: address,
    prefix_length: prefixLength,
    default_gateway_ip: gateway,
    pool_list: pools,
  } = ip;
  const rest = without(ip, 'subnet_ip', 'prefix_length', 'default_gateway_ip', 'pool_list');
  const { ip: dhcpServer, ...server } = ip.dhcp_server_address ?? {};
  const { domain_name_server_list: nameServers, ...options } = ip.dhcp_options ?? {};
  return {
    address,
    prefixLength,
    gateway,
    dhcpServer,
    nameServers: nameServers && [...nameServers],
    pools: pools?.map(poolOf),
    extras: {
      ...rest,
      ...(ip.dhcp_server_address === undefined ? {} : { dhcp_server_address: server }),
      ...(ip.dhcp_options === undefined ? {} : { dhcp_options: options }),
    },
  };
}

function ipConfig({ pools, dhcpServer, nameServers, extras, ...network }: SubnetAddresses): Json {
  const { dhcp_server_address: server, dhcp_options: options, ...rest } = extras;
  return {
    ...(pools === undefined ? {} : { pool_list: pools.map(ipPool) }),
    default_gateway_ip: network.gateway,
    prefix_length: network.prefixLength,
    subnet_ip: network.address,
    dhcp_options: merged(options, nameServers && { domain_name_server_list: nameServers }),
    dhcp_server_address: merged(server, dhcpServer === undefined ? undefined : { ip: dhcpServer }),
    ...rest,
  };
}

/** Both, one of them, or neither. */
function merged(extras: unknown, known: object | undefined): object | undefined {
  return typeof extras === 'object' && extras !== null ? { ...known, ...extras } : known;
}

function poolOf({ range, ...extras }: IpPool & Extras): NonNullable<SubnetAddresses['pools']>[number] {
  const [first, last] = range?.split(' ') ?? [];
  return { first, last, extras };
}

function ipPool({ first, last, extras }: NonNullable<SubnetAddresses['pools']>[number]): Json {
  return first === undefined || last === undefined ? extras : { range: `${first} ${last}`, ...extras };
}
