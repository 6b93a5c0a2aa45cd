import type { GuestSpec } from '../../guests/guest-backend.js';
import type { VmRecord } from '../store/records.js';
import type { World } from '../world.js';

/** The VM as its guest sees it. */
export function guestSpec(world: World, vm: VmRecord): GuestSpec {
  const { resources } = vm;
  const cloudInit = resources.guest_customization?.cloud_init;
  return {
    vmUuid: vm.uuid,
    name: vm.name,
    userData: decode(cloudInit?.user_data),
    metaData: decode(cloudInit?.meta_data),
    memoryMiB: resources.memory_size_mib,
    cpus: resources.num_sockets * resources.num_vcpus_per_socket * resources.num_threads_per_core,
    nics: resources.nic_list.map((nic) => {
      const subnetUuid = nic.subnet_reference.uuid;
      const network = world.store.subnets.get(subnetUuid)?.resources.ip_config;
      return {
        uuid: nic.uuid,
        macAddress: nic.mac_address.toLowerCase(),
        address: nic.ip_endpoint_list[0]?.ip,
        prefixLength: network?.prefix_length,
        subnetUuid,
        gateway: network?.default_gateway_ip,
      };
    }),
    disks: resources.disk_list
      .filter((disk) => disk.device_properties.device_type === 'DISK')
      .map((disk) => ({
        uuid: disk.uuid,
        sizeBytes: disk.disk_size_bytes ?? 0,
        adapter: disk.device_properties.disk_address.adapter_type,
        index: disk.device_properties.disk_address.device_index,
      })),
  };
}

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}
