import { ipv4Range, ipv4Text } from '../../../support/index.js';
import type { ClusterRecord } from '../../core/store/records.js';
import { ipAddress, ipAddressOrName } from '../message/address.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';
import { controllerAddress, derivedNumber, hostsOf } from './nodes.js';

type Fields = Record<string, unknown>;

/** Of the software whose version a record tells; none of the recorded ones. */
const COMMIT = '49bd685cde4e9488d6347655f7b655df97e1849e';

/**
 * A cluster. Prism Central lists itself as one too, with less in it. Source: recorded-v4 other/clustermgmt-list-clusters,
 * where both are, and other/clustermgmt-get-cluster, which says the same.
 */
export function clusterView(world: V4World, cluster: ClusterRecord): Fields {
  const { served } = world;
  const ofRealClusters = {
    vmCount: world.store.vms.toArray().filter((vm) => vm.made && vm.clusterUuid === cluster.uuid).length,
    backupEligibilityScore: 4,
    upgradeStatus: 'SUCCEEDED',
  };
  return typed(served, 'clustermgmt.v4.config.Cluster', {
    extId: cluster.uuid,
    ...(cluster.service === 'AOS' ? ofRealClusters : {}),
    name: cluster.name,
    nodes: nodesOf(world, cluster),
    config: configOf(world, cluster),
    network: networkOf(world, cluster),
  });
}

/** Prism Central is one node without a host that could be named. */
function nodesOf(world: V4World, cluster: ClusterRecord): Fields {
  const { served } = world;
  const hosts = hostsOf(world, cluster.uuid).map((host) => ({
    nodeUuid: host.uuid,
    controllerVmIp: ipAddress(served, controllerAddress(world, host)),
    hostIp: ipAddress(served, host.address),
  }));
  const itself = [{ nodeUuid: cluster.uuid, controllerVmIp: ipAddress(served, cluster.externalAddress) }];
  const list = cluster.service === 'AOS' ? hosts : itself;
  return typed(served, 'clustermgmt.v4.config.NodeReference', {
    numberOfNodes: list.length,
    nodeList: list.map((node) => typed(served, 'clustermgmt.v4.config.NodeListItemReference', node)),
  });
}

function configOf(world: V4World, cluster: ClusterRecord): Fields {
  const { served } = world;
  const isReal = cluster.service === 'AOS';
  const software = (softwareType: string, version: string): Fields =>
    typed(served, 'clustermgmt.v4.config.SoftwareMapReference', { softwareType, version });
  const fullVersion = fullVersionOf(world, cluster);
  return typed(served, 'clustermgmt.v4.config.ClusterConfigReference', {
    incarnationId: derivedNumber(cluster.uuid),
    hypervisorTypes: [isReal ? 'AHV' : '$UNKNOWN'],
    timezone: 'UTC',
    clusterSoftwareMap: [
      software('NCC', 'ncc-5.1.1'),
      software(isReal ? 'NOS' : 'PRISM_CENTRAL', fullVersion),
    ],
    isRemoteSupportEnabled: false,
    ...(isReal ? { isLts: false } : {}),
    isPasswordRemoteLoginEnabled: true,
    isAvailable: true,
    buildInfo: typed(served, 'clustermgmt.v4.config.BuildReference', {
      buildType: 'release',
      version: shortVersion(cluster.version),
      fullVersion,
      commitId: COMMIT,
      shortCommitId: COMMIT.slice(0, 6),
    }),
    clusterFunction: [cluster.service],
    redundancyFactor: isReal ? 2 : 1,
    clusterArch: 'X86_64',
    faultToleranceState: faultTolerance(world, isReal),
    ...(isReal ? { operationMode: 'NORMAL' } : {}),
    pulseStatus: typed(served, 'clustermgmt.v4.config.PulseStatus', { isEnabled: true }),
  });
}

function faultTolerance({ served }: V4World, isReal: boolean): Fields {
  const [nodes, word] = isReal ? [1, 'CFT_1N_OR_1D'] : [0, 'CFT_0N_AND_0D'];
  return typed(served, 'clustermgmt.v4.config.FaultToleranceState', {
    currentMaxFaultTolerance: nodes,
    desiredMaxFaultTolerance: nodes,
    domainAwarenessLevel: 'NODE',
    currentClusterFaultTolerance: word,
    desiredClusterFaultTolerance: word,
  });
}

/** `7.0` of 7.0.1, as recorded of a cluster and of a Prism Central. */
function shortVersion(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function fullVersionOf(world: V4World, { service, version }: ClusterRecord): string {
  const [name, number] =
    service === 'AOS' ? ['ganges', version] : ['fraser', world.version.text.replace('pc.', '')];
  return `el8.5-release-${name}-${number}-stable-${COMMIT}`;
}

function networkOf({ served }: V4World, cluster: ClusterRecord): Fields {
  const isReal = cluster.service === 'AOS';
  const { first } = ipv4Range(cluster.externalAddress, 24);
  const external = `${ipv4Text(first)}/255.255.255.0`;
  return typed(served, 'clustermgmt.v4.config.ClusterNetworkReference', {
    externalSubnet: external,
    internalSubnet: isReal ? '192.168.5.0/255.255.255.128' : external,
    // Prism Central has the member, without an address.
    externalAddress: ipAddress(served, isReal ? cluster.externalAddress : undefined),
    ...(isReal && cluster.dataServicesAddress === undefined
      ? {}
      : { externalDataServiceIp: ipAddress(served, cluster.dataServicesAddress) }),
    nameServerIpList: ['10.40.64.15', '10.40.64.16'].map((one) => ipAddressOrName(served, one)),
    ntpServerIpList: ['0.pool.ntp.org', '1.pool.ntp.org'].map((one) => ipAddressOrName(served, one)),
    backplane: typed(served, 'clustermgmt.v4.config.BackplaneNetworkParams', {
      isSegmentationEnabled: false,
    }),
  });
}
