import { z } from 'zod';
import { withDhcpServer, type SubnetConfig } from '../../core/ipam.js';
import { body, extIdShape, readOnly } from '../message/request-body.js';
import { keptDhcpNames } from './dhcp-names.js';

const ipv4Address = body({ value: z.ipv4(), prefixLength: z.int().min(0).max(32).optional() });
const ipAddress = body({ ipv4: ipv4Address.optional(), ipv6: readOnly });

const ipv4Config = body({
  ipSubnet: body({ ip: ipv4Address, prefixLength: z.int().min(0).max(32) }),
  defaultGatewayIp: ipv4Address.optional(),
  dhcpServerAddress: ipv4Address.optional(),
  poolList: z.array(body({ startIp: ipv4Address, endIp: ipv4Address })).optional(),
});

/** Of POST and PUT. Names: the models of networking 4.4. */
export const subnetBody = body({
  name: z.string().min(1).max(128),
  description: z.string().max(1000).optional(),
  subnetType: z.enum(['VLAN', 'OVERLAY']),
  networkId: z.int().min(0).max(16_777_215).optional(),
  dhcpOptions: body({
    domainNameServers: z.array(ipAddress).optional(),
    domainName: z.string().optional(),
    searchDomains: z.array(z.string()).optional(),
    tftpServerName: z.string().optional(),
    bootFileName: z.string().optional(),
    ntpServers: readOnly,
  }).optional(),
  ipConfig: z
    .array(body({ ipv4: ipv4Config.optional(), ipv6: readOnly }))
    .max(2)
    .optional(),
  clusterReference: extIdShape.optional(),
  clusterReferenceList: z.array(extIdShape).optional(),
  vpcReference: extIdShape.optional(),
  isNatEnabled: z.boolean().optional(),
  isExternal: z.boolean().optional(),
  virtualSwitchReference: extIdShape.optional(),
  projectExtId: extIdShape.optional(),
  ...Object.fromEntries(
    [
      ...['extId', 'links', 'tenantId', 'metadata', 'ipUsage', 'ipPrefix', 'clusterName', 'clusterNameList'],
      ...['hypervisorType', 'bridgeName', 'isAdvancedNetworking', 'virtualSwitch', 'vpc', 'migrationState'],
      ...['reservedIpAddresses', 'dynamicIpAddresses', 'networkFunctionChainReference', 'isConnected'],
      ...['layer2StretchReference', 'externalDhcpServers', 'sharedWithProjects'],
    ].map((name) => [name, readOnly]),
  ),
});

export type SubnetBody = z.infer<typeof subnetBody>;

/** What a request says of a subnet, besides its name, its cluster and its owner. */
export function subnetConfig(input: SubnetBody): SubnetConfig {
  const { subnetType: type, networkId, vpcReference, isExternal, isNatEnabled } = input;
  return withDhcpServer({
    type,
    ...(type === 'VLAN' ? { vlanId: networkId ?? 0 } : { vpcUuid: vpcReference }),
    ...(isExternal === true ? { external: true, nat: isNatEnabled ?? true } : {}),
    network: networkOf(input),
    extras: {},
  });
}

function networkOf({ ipConfig = [], dhcpOptions }: SubnetBody): SubnetConfig['network'] {
  const ipv4 = ipConfig.find((one) => one.ipv4 !== undefined)?.ipv4;
  if (ipv4 === undefined) return undefined;
  const nameServers = dhcpOptions?.domainNameServers?.flatMap((one) => one.ipv4?.value ?? []);
  return {
    address: ipv4.ipSubnet.ip.value,
    prefixLength: ipv4.ipSubnet.prefixLength,
    gateway: ipv4.defaultGatewayIp?.value,
    dhcpServer: ipv4.dhcpServerAddress?.value,
    nameServers,
    pools: ipv4.poolList?.map(({ startIp, endIp }) => ({
      first: startIp.value,
      last: endIp.value,
      extras: {},
    })),
    extras: dhcpOptions === undefined ? {} : keptDhcpNames(dhcpOptions),
  };
}
