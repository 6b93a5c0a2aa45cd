import type { ClusterRecord } from '../core/store/records.js';
import type { World } from '../core/world.js';
import { ok, type Route } from '../http/route.js';

/** How a small Prism Central is deployed, as recorded from pc.2024.1. */
export function prismCentralView(world: World): Record<string, unknown> {
  const clusters = world.store.clusters.toArray();
  const self = clusters.find(({ service }) => service === 'PRISM_CENTRAL');
  const hosting = clusters.find(({ service }) => service === 'AOS');
  return {
    should_auto_register: false,
    is_registered_to_hosting_pe: true,
    cmsp_config: {
      platform_ip_block_list: ['192.168.6.2 192.168.6.25'],
      platform_network_configuration: {
        subnet_mask: '255.255.255.0',
        type: 'kPrivateNetwork',
        default_gateway: '192.168.6.1',
      },
      pc_domain_name: 'msp.cluster.local',
      // JSON inside a text, with the blanks of the real one.
      cmsp_args: '{"cmsp_service_ip_network": "10.200.32.0/24", "cmsp_pod_network": "10.100.0.0/16"}',
    },
    pc_size: 'kSmall',
    version: world.version.text,
    pc_vm_list: self === undefined || hosting === undefined ? [] : [machineOf(world, self, hosting)],
    cluster_uuid: self?.uuid,
    type: 'PC',
    virtual_ip: self?.externalAddress,
  };
}

/** The one VM that a small Prism Central runs in. It is not one of `vms`. */
function machineOf(world: World, self: ClusterRecord, hosting: ClusterRecord): Record<string, unknown> {
  const here = ({ clusterUuid }: { clusterUuid?: string | undefined }): boolean =>
    clusterUuid === hosting.uuid;
  return {
    vm_name: `${self.name}-pc-vm-1`,
    data_disk_size_bytes: 500 * 2 ** 30,
    dns_server_ip_list: ['127.0.0.1', '10.40.64.15'],
    container_uuid: world.store.containers.find(here)?.uuid,
    nic_list: [
      {
        network_configuration: {
          subnet_mask: '255.255.255.0',
          network_uuid: world.store.subnets.find(here)?.uuid,
          default_gateway: '10.40.231.1',
        },
        ip_list: [self.externalAddress],
      },
    ],
    num_sockets: 10,
    memory_size_bytes: 66 * 2 ** 30,
    status: 'NORMAL',
    power_state: 'ON',
    vm_uuid: 'e0cb9f2d-8c9b-46fd-8b12-149cd82cc738',
    ntp_server_list: ['0.pool.ntp.org', '1.pool.ntp.org'],
    cluster_reference: { kind: 'cluster', uuid: hosting.uuid },
  };
}

const kind = 'prism_central';

/** prism_central: how this Prism Central itself is deployed. Without an envelope, as recorded from pc.2024.1. */
export function prismCentralRoutes(world: World): Route[] {
  return [
    {
      method: 'GET',
      path: '/prism_central',
      kind,
      handle: () => ok({ resources: prismCentralView(world) }),
    },
  ];
}
