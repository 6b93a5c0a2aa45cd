import type { GuestSpec } from '../../guests/index.js';
import type { VmRecord } from '../store/vm-record.js';
import type { World } from '../world.js';

/** The VM as its guest sees it. */
export function guestSpec(world: World, vm: VmRecord): GuestSpec {
  const { sockets, coresPerSocket, threadsPerCore, memoryMiB, nics, disks, customization } = vm.config;
  return {
    vmUuid: vm.uuid,
    name: vm.name,
    userData: decode(customization?.cloudInit?.userData),
    metaData: decode(customization?.cloudInit?.metaData),
    memoryMiB,
    cpus: sockets * coresPerSocket * threadsPerCore,
    nics: nics.map((nic) => {
      const network = world.store.subnets.get(nic.subnet.uuid)?.network;
      return {
        uuid: nic.uuid,
        macAddress: nic.macAddress.toLowerCase(),
        address: nic.address,
        prefixLength: network?.prefixLength,
        subnetUuid: nic.subnet.uuid,
        gateway: network?.gateway,
      };
    }),
    disks: disks
      .filter(({ type }) => type === 'DISK')
      .map(({ uuid, sizeBytes = 0, adapter, index }) => ({ uuid, sizeBytes, adapter, index })),
  };
}

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}
