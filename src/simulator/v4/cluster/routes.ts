import type { ClusterRecord, ContainerRecord, HostRecord } from '../../core/store/records.js';
import { param } from '../../http/route.js';
import { entityRoutes, type EntityType } from '../entity-routes.js';
import { answeredList, type Listing } from '../listing/index.js';
import { found } from '../message/error.js';
import type { V4Call, V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { clusterView } from './cluster-view.js';
import { containerStats } from './container-stats.js';
import { containerView } from './container-view.js';
import { clusterGpuProfileView, globalGpuProfileView, gpuProfiles, type GpuProfile } from './gpu-profiles.js';
import { hostView } from './host-view.js';
import { hostsOf } from './nodes.js';

const CONFIG = 'clustermgmt.v4.config';
/** Below a cluster, as recorded of one (other/clustermgmt-get-cluster). */
const CLUSTER_LINKS = [
  ...['snmp', 'rsyslog-servers', 'rackable-units', 'fault-tolerance-status', 'hosts'],
  ...['virtual-gpu-profiles', 'physical-gpu-profiles', '$actions/discover-unconfigured-nodes'],
  ...['$actions/fetch-node-networking-details', '$actions/expand-cluster', '$actions/remove-node'],
  ...['$actions/check-hypervisor-requirements', '$actions/validate-node'],
];

const CLUSTERS: EntityType<ClusterRecord> = {
  kind: 'cluster',
  path: '/config/clusters',
  model: CONFIG,
  word: 'Cluster',
  listing: (world) => ({
    filterable: {
      backupEligibilityScore: 'number',
      clusterProfileExtId: 'text',
      'config/buildInfo/version': 'text',
      'config/clusterFunction': { '': 'enumeration' },
      'config/hypervisorTypes': { '': 'enumeration' },
      'config/isAvailable': 'flag',
      extId: 'text',
      name: 'text',
      upgradeStatus: 'enumeration',
    },
    orderable: [
      'config/buildInfo/version',
      'extId',
      'name',
      'nodes/numberOfNodes',
      'upgradeStatus',
      'vmCount',
    ],
    view: (cluster) => clusterView(world, cluster),
  }),
  records: ({ store }) => store.clusters,
  existing: (world, call) => existingCluster(world, call, 'extId'),
  links: CLUSTER_LINKS,
};

const HOSTS: EntityType<HostRecord> = {
  kind: 'host',
  path: '/config/hosts',
  onePath: '/config/clusters/:clusterExtId/hosts/:extId',
  model: CONFIG,
  word: 'Host',
  listing: (world) => ({
    filterable: {
      'cluster/name': 'text',
      'cluster/uuid': 'text',
      cpuModel: 'text',
      extId: 'text',
      gpuList: { '': 'text' },
      hostName: 'text',
      'hypervisor/type': 'enumeration',
      memorySizeBytes: 'number',
      numberOfCpuCores: 'number',
      numberOfCpuSockets: 'number',
      numberOfCpuThreads: 'number',
    },
    orderable: ['cluster/name', 'extId', 'hostName', 'hostType', 'hypervisor/type', 'memorySizeBytes'],
    view: (host) => hostView(world, host),
  }),
  records: ({ store }) => store.hosts,
  existing: (world, call) => {
    const extId = param(call, 'extId');
    return known(
      'host',
      extId,
      hostsOfCluster(world, call).find(({ uuid }) => uuid === extId),
    );
  },
};

const CONTAINERS: EntityType<ContainerRecord> = {
  kind: 'storage_container',
  path: '/config/storage-containers',
  model: CONFIG,
  word: 'StorageContainer',
  listing: (world, call) => ({
    filterable: { clusterExtId: 'text', clusterName: 'text', containerExtId: 'text', name: 'text' },
    orderable: ['clusterName', 'containerExtId', 'maxCapacityBytes', 'name'],
    view: (container) => containerView(world, call, container),
  }),
  records: ({ store }) => store.containers,
  existing: ({ store }, call) => {
    const extId = param(call, 'extId');
    return known('storage container', extId, store.containers.get(extId));
  },
};

/** clustermgmt: clusters, hosts, storage containers and GPUs, all read-only. */
export function clusterRoutes(world: V4World): V4Route[] {
  return [
    ...entityRoutes(world, CLUSTERS),
    ...entityRoutes(world, HOSTS),
    {
      method: 'GET',
      path: '/config/clusters/:clusterExtId/hosts',
      kind: HOSTS.kind,
      handle: (call) =>
        answeredList(world, call, {
          type: `${CONFIG}.ListHostsByClusterIdApiResponse`,
          listing: HOSTS.listing(world, call),
          records: hostsOfCluster(world, call),
        }),
    },
    ...entityRoutes(world, CONTAINERS),
    {
      method: 'GET',
      path: '/stats/storage-containers/:extId',
      kind: CONTAINERS.kind,
      handle: (call) => containerStats(world, call, CONTAINERS.existing(world, call)),
    },
    ...gpuReads(world, 'physical', false),
    ...gpuReads(world, 'virtual', true),
  ];
}

function hostsOfCluster(world: V4World, call: V4Call): readonly HostRecord[] {
  return hostsOf(world, existingCluster(world, call, 'clusterExtId').uuid);
}

/** The lists of each cluster, and from 4.3 on one of all. */
function gpuReads(world: V4World, word: 'physical' | 'virtual', isVirtual: boolean): V4Route[] {
  const kind = 'gpu_profile';
  const name = isVirtual ? 'Virtual' : 'Physical';
  const config = `${word}GpuConfig`;
  const byCluster: Listing<GpuProfile> = {
    filterable: {
      [`${config}/deviceId`]: 'number',
      [`${config}/deviceName`]: 'text',
      [`${config}/isInUse`]: 'flag',
      [`${config}/type`]: 'enumeration',
      [`${config}/vendorName`]: 'text',
    },
    orderable: [`${config}/deviceId`, `${config}/deviceName`, `${config}/type`, `${config}/vendorName`],
    view: (profile) => clusterGpuProfileView(world, profile),
  };
  const everywhere: Listing<GpuProfile> = {
    filterable: { 'configuration/name': 'text', clusterExtIds: { '': 'text' }, extId: 'text' },
    orderable: ['configuration/name'],
    view: (profile) => globalGpuProfileView(world, profile),
  };
  return [
    {
      method: 'GET',
      path: `/config/clusters/:clusterExtId/${word}-gpu-profiles`,
      kind,
      handle: (call) => {
        const { uuid } = existingCluster(world, call, 'clusterExtId');
        return answeredList(world, call, {
          type: `${CONFIG}.List${name}GpuProfilesApiResponse`,
          listing: byCluster,
          records: gpuProfiles(world, isVirtual, uuid),
        });
      },
    },
    {
      method: 'GET',
      path: `/ahv/config/${word}-gpu-profiles`,
      since: 3,
      kind,
      handle: (call) =>
        answeredList(world, call, {
          type: `clustermgmt.v4.ahv.config.ListAhv${name}GpuProfilesApiResponse`,
          listing: everywhere,
          records: gpuProfiles(world, isVirtual),
        }),
    },
  ];
}

function existingCluster({ store }: V4World, call: V4Call, parameter: string): ClusterRecord {
  const extId = param(call, parameter);
  return known('cluster', extId, store.clusters.get(extId));
}

/** The code is made up: no answer of this namespace to an unknown id is recorded. */
function known<T>(what: string, extId: string, record: T | undefined): T {
  return found(record, {
    namespace: 'clustermgmt',
    code: 'CLU-10006',
    group: 'ENTITY_NOT_FOUND',
    message: `There is no ${what} with the external identifier ${extId}.`,
    arguments: { extId },
  });
}
