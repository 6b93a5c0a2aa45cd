import type { ClusterRecord, ContainerRecord, HostRecord } from '../../core/store/records.js';
import { param, type Answer } from '../../http/route.js';
import { answeredList, type Listing } from '../listing/index.js';
import { entityAnswer } from '../message/answer.js';
import { rejection } from '../message/error.js';
import { digestTag } from '../precondition/entity-tag.js';
import type { V4Call, V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { clusterView } from './cluster-view.js';
import { containerView } from './container-view.js';
import { clusterGpuProfileView, globalGpuProfileView, gpuProfiles, type GpuProfile } from './gpu-profiles.js';
import { hostView } from './host-view.js';
import { hostsOf } from './nodes.js';

/** Below a cluster, as recorded of one (other/clustermgmt-get-cluster). */
const CLUSTER_LINKS = [
  ...['snmp', 'rsyslog-servers', 'rackable-units', 'fault-tolerance-status', 'hosts'],
  ...['virtual-gpu-profiles', 'physical-gpu-profiles', '$actions/discover-unconfigured-nodes'],
  ...['$actions/fetch-node-networking-details', '$actions/expand-cluster', '$actions/remove-node'],
  ...['$actions/check-hypervisor-requirements', '$actions/validate-node'],
];

/** clustermgmt: clusters, hosts, storage containers and GPUs, all read-only. */
export function clusterRoutes(world: V4World): V4Route[] {
  return [
    ...clusterReads(world),
    ...hostReads(world),
    ...containerReads(world),
    ...gpuReads(world, 'physical', false),
    ...gpuReads(world, 'virtual', true),
  ];
}

function clusterReads(world: V4World): V4Route[] {
  const { clusters } = world.store;
  const listing: Listing<ClusterRecord> = {
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
  };
  const kind = 'cluster';
  const type = 'clustermgmt.v4.config.ListClustersApiResponse';
  return [
    {
      method: 'GET',
      path: '/config/clusters',
      kind,
      handle: (call) => answeredList(world, call, { type, listing, records: clusters }),
    },
    {
      method: 'GET',
      path: '/config/clusters/:extId',
      kind,
      handle: (call) => oneCluster(world, call, existingCluster(world, call, 'extId')),
    },
  ];
}

function oneCluster(world: V4World, call: V4Call, cluster: ClusterRecord): Answer {
  const data = clusterView(world, cluster);
  return entityAnswer(world, call, {
    type: 'clustermgmt.v4.config.GetClusterApiResponse',
    data,
    links: CLUSTER_LINKS,
    tag: digestTag(data),
  });
}

function hostReads(world: V4World): V4Route[] {
  const listing: Listing<HostRecord> = {
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
  };
  const kind = 'host';
  const list = (call: V4Call, records: Iterable<HostRecord>, name: string): Answer =>
    answeredList(world, call, { type: `clustermgmt.v4.config.${name}ApiResponse`, listing, records });
  return [
    {
      method: 'GET',
      path: '/config/hosts',
      kind,
      handle: (call) => list(call, world.store.hosts, 'ListHosts'),
    },
    {
      method: 'GET',
      path: '/config/clusters/:clusterExtId/hosts',
      kind,
      handle: (call) => {
        const { uuid } = existingCluster(world, call, 'clusterExtId');
        return list(call, hostsOf(world, uuid), 'ListHostsByClusterId');
      },
    },
    {
      method: 'GET',
      path: '/config/clusters/:clusterExtId/hosts/:extId',
      kind,
      handle: (call) => {
        const { uuid } = existingCluster(world, call, 'clusterExtId');
        const extId = param(call, 'extId');
        const host = hostsOf(world, uuid).find((one) => one.uuid === extId);
        if (host === undefined) throw unknown('host', extId);
        const data = hostView(world, host);
        const type = 'clustermgmt.v4.config.GetHostApiResponse';
        return entityAnswer(world, call, { type, data, tag: digestTag(data) });
      },
    },
  ];
}

function containerReads(world: V4World): V4Route[] {
  const { containers } = world.store;
  const kind = 'storage_container';
  const listing = (call: V4Call): Listing<ContainerRecord> => ({
    filterable: { clusterExtId: 'text', clusterName: 'text', containerExtId: 'text', name: 'text' },
    orderable: ['clusterName', 'containerExtId', 'maxCapacityBytes', 'name'],
    view: (container) => containerView(world, call, container),
  });
  return [
    {
      method: 'GET',
      path: '/config/storage-containers',
      kind,
      handle: (call) =>
        answeredList(world, call, {
          type: 'clustermgmt.v4.config.ListStorageContainersApiResponse',
          listing: listing(call),
          records: containers,
        }),
    },
    {
      method: 'GET',
      path: '/config/storage-containers/:extId',
      kind,
      handle: (call) => {
        const extId = param(call, 'extId');
        const container = containers.get(extId);
        if (container === undefined) throw unknown('storage container', extId);
        const data = containerView(world, call, container);
        const type = 'clustermgmt.v4.config.GetStorageContainerApiResponse';
        return entityAnswer(world, call, { type, data, tag: digestTag(data) });
      },
    },
  ];
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
          type: `clustermgmt.v4.config.List${name}GpuProfilesApiResponse`,
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
  const cluster = store.clusters.get(extId);
  if (cluster === undefined) throw unknown('cluster', extId);
  return cluster;
}

/** The code is made up: no answer of this namespace to an unknown id is recorded. */
function unknown(what: string, extId: string): Error {
  return rejection({
    namespace: 'clustermgmt',
    status: 404,
    code: 'CLU-10006',
    group: 'ENTITY_NOT_FOUND',
    message: `There is no ${what} with the external identifier ${extId}.`,
    arguments: { extId },
  });
}
