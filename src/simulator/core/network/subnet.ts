import { ipv4Range, ipv4Text } from '../../../support/index.js';
import type { SubnetAddresses, SubnetRecord } from '../store/records.js';

/** What a client says of a subnet besides its name, its cluster and its owner. */
export type SubnetConfig = Pick<
  SubnetRecord,
  'type' | 'vlanId' | 'vpcUuid' | 'external' | 'nat' | 'network' | 'extras'
>;

/** Managed = Prism hands out addresses; on any other subnet the guest finds one by itself. */
export function isManaged({ network }: Pick<SubnetRecord, 'network'>): boolean {
  return network?.address !== undefined;
}

/** With Nutanix's DHCP server, which a managed VLAN has: it takes the last address when none was chosen. */
export function withDhcpServer(config: SubnetConfig): SubnetConfig {
  const { type, external, network } = config;
  if (type !== 'VLAN' || external === true || network === undefined) return config;
  return { ...config, network: { ...network, dhcpServer: network.dhcpServer ?? lastAddress(network) } };
}

/** The last address that a host can have. */
function lastAddress({ address, prefixLength }: SubnetAddresses): string | undefined {
  if (address === undefined || prefixLength === undefined) return undefined;
  return ipv4Text(ipv4Range(address, prefixLength).last - 1);
}
