import { isSeedDrive } from '../../core/vm/disks.js';
import type { VmConfig, VmDisk, VmNic, VmRecord, VmSetup, WantedGpu } from '../../core/store/vm-record.js';
import { derivedId } from '../message/derived-id.js';
import { typed } from '../message/typed.js';
import type { ServedVersions } from '../versions.js';

type Json = Record<string, unknown>;

/** What the form of a view depends on. */
export interface ViewOf {
  readonly served: ServedVersions;
  /** Of the version in the path: what a newer one has brought is left out (reference v4 1.2). */
  readonly minor: number;
}

const CONFIG = 'vmm.v4.ahv.config';

/** A disk. Source: recorded-v4 A1. */
export function diskView(of: ViewOf, disk: VmDisk): Json {
  return typed(of.served, `${CONFIG}.Disk`, {
    extId: disk.uuid,
    backingInfo: backingView(of, disk),
    diskAddress: typed(of.served, `${CONFIG}.DiskAddress`, { busType: disk.adapter, index: disk.index }),
  });
}

/** A drive; its medium is left out when it is empty. Source: recorded-v4 other/vmm-list-vms. */
export function cdRomView(of: ViewOf, config: VmConfig, disk: VmDisk): Json {
  const isEmpty = disk.sizeBytes === undefined && disk.source === undefined;
  return typed(of.served, `${CONFIG}.CdRom`, {
    extId: disk.uuid,
    diskAddress: typed(of.served, `${CONFIG}.CdRomAddress`, { busType: disk.adapter, index: disk.index }),
    backingInfo: isEmpty ? undefined : vmDiskView(of, disk),
    isoType: isSeedDrive(config, disk) ? 'GUEST_CUSTOMIZATION' : 'OTHER',
  });
}

function backingView(of: ViewOf, disk: VmDisk): Json {
  const { volumeGroupUuid } = disk;
  if (volumeGroupUuid === undefined) return vmDiskView(of, disk);
  return typed(of.served, `${CONFIG}.ADSFVolumeGroupReference`, { volumeGroupExtId: volumeGroupUuid });
}

function vmDiskView({ served, minor }: ViewOf, { uuid, sizeBytes, source, storage }: VmDisk): Json {
  const container = storage?.container?.uuid;
  const reference =
    source?.kind === 'image'
      ? typed(served, `${CONFIG}.ImageReference`, { imageExtId: source.uuid })
      : source?.kind === 'vm_disk'
        ? typed(served, `${CONFIG}.VmDiskReference`, { diskExtId: source.uuid })
        : undefined;
  return typed(served, `${CONFIG}.VmDisk`, {
    diskExtId: uuid,
    isMigrationInProgress: false,
    serialId: minor >= 3 ? `NFS_2_0_353_${uuid.replaceAll('-', '_')}` : undefined,
    diskSizeBytes: sizeBytes,
    storageContainer:
      container === undefined
        ? undefined
        : typed(served, `${CONFIG}.VmDiskContainerReference`, { extId: container }),
    storageConfig:
      storage?.flashMode === 'ENABLED'
        ? typed(served, `${CONFIG}.VmDiskStorageConfig`, { isFlashModeEnabled: true })
        : undefined,
    dataSource: reference && typed(served, `${CONFIG}.DataSource`, { reference }),
  });
}

/** A NIC, from 4.1 on in both forms (recorded-v4 A1), before that in the older one (other/vmm-list-vms). */
export function nicView(of: ViewOf, vm: VmRecord, nic: VmNic): Json {
  const { served, minor } = of;
  const newer = {
    nicBackingInfo: typed(served, `${CONFIG}.VirtualEthernetNic`, nicBacking(nic)),
    nicNetworkInfo: typed(served, `${CONFIG}.VirtualEthernetNicNetworkInfo`, nicNetwork(of, vm, nic)),
  };
  return typed(served, `${CONFIG}.Nic`, {
    extId: nic.uuid,
    ...(minor >= 1 ? newer : {}),
    backingInfo: typed(served, `${CONFIG}.EmulatedNic`, nicBacking(nic)),
    networkInfo: typed(served, `${CONFIG}.NicNetworkInfo`, nicNetwork(of, vm, nic)),
  });
}

function nicBacking({ macAddress, connected, queues = 1 }: VmNic): Json {
  return { macAddress, isConnected: connected, numQueues: queues };
}

function nicNetwork({ served }: ViewOf, vm: VmRecord, nic: VmNic): Json {
  const address = (value: string): Json =>
    typed(served, 'common.v1.config.IPv4Address', { value, prefixLength: 32 });
  // Real servers show what they have assigned or what they have seen, not both (recorded-v4 other/vmm-list-vms).
  const learned = (vm.learned[nic.uuid] ?? []).filter((seen) => seen !== nic.address);
  return {
    nicType: nic.type ?? 'NORMAL_NIC',
    subnet: typed(served, `${CONFIG}.SubnetReference`, { extId: nic.subnet.uuid }),
    vlanMode: nic.vlanMode ?? 'ACCESS',
    trunkedVlans: nic.trunkedVlans,
    ipv4Config:
      nic.address === undefined
        ? undefined
        : typed(served, `${CONFIG}.Ipv4Config`, { ipAddress: address(nic.address) }),
    ipv4Info:
      learned.length === 0
        ? undefined
        : typed(served, `${CONFIG}.Ipv4Info`, { learnedIpAddresses: learned.map(address) }),
  };
}

export function gpuView({ served }: ViewOf, { uuid, vendor, mode, deviceId }: WantedGpu): Json {
  return typed(served, `${CONFIG}.Gpu`, { extId: uuid, mode, deviceId, vendor });
}

type SerialPort = NonNullable<VmSetup['serialPorts']>[number];

export function serialPortView({ served }: ViewOf, vm: VmRecord, port: SerialPort): Json {
  return typed(served, `${CONFIG}.SerialPort`, {
    extId: serialPortId(vm, port),
    index: port.index,
    isConnected: port.connected ?? false,
  });
}

/** A port has no id of its own: it is known by its index. */
export function serialPortId({ uuid }: VmRecord, { index }: SerialPort): string {
  return derivedId(`${uuid} serial port ${String(index)}`);
}
