import type { ClusterRecord } from '../core/store/records.js';
import { timestamp } from '../core/time.js';
import type { World } from '../core/world.js';
import type { Route } from '../http/route.js';
import { wholeListRoutes } from './listing/read-only.js';
import { SPEC_HASH } from './references.js';
import type { V3World } from './world.js';

type Json = Record<string, unknown>;

const FEATURES = ['PASSWORD_REMOTE_LOGIN_ENABLED', 'SHADOW_CLONES_ENABLED'];
const COMMIT = '49bd685cde4e9488d6347655f7b655df97e1849e';
const COMMIT_DATE = '2024-05-21T06:38:19Z';

/** A cluster as recorded from pc.2024.1: spec is what can be configured, status adds what is. */
export function clusterView(world: World, cluster: ClusterRecord): Json {
  const network = networkOf(cluster);
  const config = configOf(cluster);
  return {
    metadata: {
      kind: 'cluster',
      uuid: cluster.uuid,
      categories: {},
      categories_mapping: {},
      creation_time: timestamp(cluster.createdAt),
      last_update_time: timestamp(cluster.updatedAt),
      spec_hash: SPEC_HASH,
      spec_version: cluster.revision,
    },
    spec: { name: cluster.name, resources: { config, network } },
    status: {
      name: cluster.name,
      state: cluster.state,
      resources: {
        config: { ...config, ...statusConfig(cluster) },
        ...(cluster.service === 'AOS' ? { nodes: nodesOf(world, cluster) } : {}),
        ...(cluster.service === 'PRISM_CENTRAL' ? { runtime_status_list: ['SSP_CONFIG_OWNER'] } : {}),
        network,
      },
    },
  };
}

function configOf(cluster: ClusterRecord): Json {
  const software = (type: string, version: string): Json => ({
    software_type: type,
    status: 'INSTALLED',
    version,
  });
  const ofRealClusters = {
    authorized_public_key_list: [],
    supported_information_verbosity: 'BASIC_PLUS_CORE_DUMP',
  };
  return {
    ...(cluster.service === 'AOS' ? ofRealClusters : {}),
    software_map: { NOS: software('NOS', cluster.version), NCC: software('NCC', 'ncc-5.0.0') },
    encryption_status: 'NOT_SUPPORTED',
    redundancy_factor: 2,
    domain_awareness_level: 'NODE',
    enabled_feature_list: FEATURES,
    timezone: 'UTC',
    operation_mode: 'NORMAL',
  };
}

/** `service_list` stands in status only; a client that reads it from spec finds nothing. */
function statusConfig(cluster: ClusterRecord): Json {
  const isPc = cluster.service === 'PRISM_CENTRAL';
  return {
    service_list: [cluster.service],
    is_available: true,
    cluster_arch: 'X86_64',
    ssl_key: {
      key_type: 'RSA_4096',
      expire_datetime: timestamp(cluster.createdAt + 365 * 24 * 3600_000),
      signing_info: {
        country_code: '',
        state: '',
        city: '',
        organization: '',
        common_name: '',
        email_address: '',
      },
    },
    build: {
      build_type: 'release',
      version: isPc ? 'pc' : cluster.version,
      full_version: `el7.3-release-fraser-${cluster.version}-stable-${COMMIT}`,
      commit_id: COMMIT,
      short_commit_id: COMMIT.slice(0, 6),
      is_long_term_support: !isPc,
      ...(isPc ? { commit_date: COMMIT_DATE } : {}),
    },
  };
}

/** The real list has a dummy entry for 127.0.0.1 without a version. */
function nodesOf(world: World, cluster: ClusterRecord): Json {
  const hosts = world.store.hosts.toArray().filter((host) => host.clusterUuid === cluster.uuid);
  const servers = hosts.map((host) => ({ ip: host.address, type: 'AHV', version: HYPERVISOR }));
  servers.splice(1, 0, { ip: '127.0.0.1', type: 'AHV', version: '' });
  return { hypervisor_server_list: servers };
}

export const HYPERVISOR = 'el7.nutanix.20220304.462';

function networkOf(cluster: ClusterRecord): Json {
  return {
    external_ip: cluster.externalAddress,
    ntp_server_ip_list: ['0.pool.ntp.org', '1.pool.ntp.org'],
    external_subnet: '10.40.224.0/255.255.240.0',
    ...(cluster.dataServicesAddress === undefined
      ? {}
      : { external_data_services_ip: cluster.dataServicesAddress }),
    ...(cluster.service === 'PRISM_CENTRAL' ? { fully_qualified_domain_name: 'prism.example.net' } : {}),
    name_server_ip_list: ['10.40.64.15', '10.40.64.16'],
    internal_subnet: '192.168.5.0/255.255.255.128',
  };
}

/** clusters: read-only, and all at once. Prism Central itself is among them. */
export function clusterRoutes(world: V3World): Route[] {
  return wholeListRoutes(world, 'cluster', world.store.clusters, (one) => clusterView(world, one));
}
