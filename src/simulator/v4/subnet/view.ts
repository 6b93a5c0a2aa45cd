import { VIRTUAL_SWITCH } from '../../core/inventory/identities.js';
import { addressUsage, isManaged, poolUsage } from '../../core/ipam.js';
import type { SubnetAddresses, SubnetRecord } from '../../core/store/records.js';
import { categoryIds } from '../../core/categories.js';
import { ipAddress, ipv4Address } from '../message/address.js';
import { typed } from '../message/typed.js';
import { newestMinor } from '../versions.js';
import type { V4World } from '../world.js';
import { dhcpNames } from './dhcp-names.js';

type Fields = Record<string, unknown>;

/** A subnet as lists show it. Source: reference v4 5 and the models of networking 4.4; no recording. */
export function subnetView(world: V4World, subnet: SubnetRecord): Fields {
  const { served, store } = world;
  const { network, owner } = subnet;
  const isVlan = subnet.type === 'VLAN';
  const inCluster = {
    virtualSwitchReference: VIRTUAL_SWITCH,
    bridgeName: 'br0',
    hypervisorType: 'acropolis',
  };
  return typed(served, 'networking.v4.config.Subnet', {
    extId: subnet.uuid,
    name: subnet.name,
    description: subnet.description,
    subnetType: subnet.type,
    networkId: subnet.vlanId,
    dhcpOptions: network && dhcpOptions(world, network),
    ipConfig: isManaged(subnet) && network !== undefined ? [ipConfig(world, network)] : [],
    ipPrefix: prefixOf(network),
    clusterReference: subnet.clusterUuid,
    clusterName: store.clusters.get(subnet.clusterUuid ?? '')?.name,
    ...(isVlan ? inCluster : {}),
    vpcReference: subnet.vpcUuid,
    isNatEnabled: subnet.nat,
    isExternal: subnet.external ?? false,
    isAdvancedNetworking: !isVlan || subnet.external === true,
    // Newer models have it.
    projectExtId: newestMinor(served, 'networking') >= 4 ? subnet.projectUuid : undefined,
    metadata: typed(served, 'common.v1.config.Metadata', {
      ownerReferenceId: owner.uuid,
      ownerUserName: owner.name,
      projectReferenceId: subnet.projectUuid,
      categoryIds: categoryIds(store, subnet),
    }),
  });
}

/** What a GET of one subnet says besides: how many of its addresses are in use. */
export function usageView({ served }: V4World, subnet: SubnetRecord): Fields {
  if (!isManaged(subnet)) return {};
  const { nics, free, assigned } = addressUsage(subnet);
  const pools = poolUsage(subnet).map(({ range, total, free: numFreeIPs }) => {
    const [start = '', end = ''] = range.split(' ');
    const ends = { startIp: ipv4Address(served, start), endIp: ipv4Address(served, end) };
    return typed(served, 'networking.v4.config.IPPoolUsage', {
      numFreeIPs,
      numTotalIPs: total,
      range: typed(served, 'networking.v4.config.IPv4Pool', ends),
    });
  });
  const usage = { numMacs: nics, numFreeIPs: free, numAssignedIPs: assigned, ipPoolUsages: pools };
  return { ipUsage: typed(served, 'networking.v4.config.IPUsage', usage) };
}

function dhcpOptions({ served }: V4World, { nameServers, extras }: SubnetAddresses): Fields | undefined {
  const names = dhcpNames(extras);
  if (nameServers === undefined && Object.keys(names).length === 0) return undefined;
  return typed(served, 'networking.v4.config.DhcpOptions', {
    domainNameServers: nameServers?.map((one) => ipAddress(served, one)),
    ...names,
  });
}

function ipConfig({ served }: V4World, network: SubnetAddresses): Fields {
  const address = (value: string | undefined): Fields | undefined =>
    value === undefined ? undefined : ipv4Address(served, value);
  const pools = (network.pools ?? []).map(({ first, last }) =>
    typed(served, 'networking.v4.config.IPv4Pool', { startIp: address(first), endIp: address(last) }),
  );
  const ipv4 = typed(served, 'networking.v4.config.IPv4Config', {
    ipSubnet: typed(served, 'networking.v4.config.IPv4Subnet', {
      ip: address(network.address),
      prefixLength: network.prefixLength,
    }),
    defaultGatewayIp: address(network.gateway),
    dhcpServerAddress: address(network.dhcpServer),
    poolList: pools,
  });
  return typed(served, 'networking.v4.config.IPConfig', { ipv4 });
}

function prefixOf(network: SubnetAddresses | undefined): string | undefined {
  if (network?.address === undefined || network.prefixLength === undefined) return undefined;
  return `${network.address}/${String(network.prefixLength)}`;
}
