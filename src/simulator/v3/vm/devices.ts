import type { DiskOptions, NicOptions } from '../../core/vm/options.js';
import type { VmDisk, VmNic } from '../../core/store/vm-record.js';
import { fieldsOf, without } from '../fields.js';
import type { DiskInput, NicInput } from './bodies.js';
import type { DiskView, NicView } from './resources.js';

const MIB = 2 ** 20;

/** Wanted size in bytes; bytes win over MiB. */
export function requestedBytes(input: DiskInput): number | undefined {
  return input.disk_size_bytes ?? (input.disk_size_mib === undefined ? undefined : input.disk_size_mib * MIB);
}

/** A disk of a request. `previous`: the disks that the VM has. */
export function diskOptions(input: DiskInput, previous: readonly VmDisk[]): DiskOptions {
  const { uuid, device_properties: device, data_source_reference: source, storage_config: storage } = input;
  const before = previous.find((disk) => disk.uuid === uuid);
  const place = device?.disk_address;
  const placeExtras = without({ ...place }, 'adapter_type', 'device_index');
  return {
    uuid,
    type: device?.device_type,
    address: place && { adapter: place.adapter_type, index: place.device_index },
    sizeBytes: grown(input, before) ?? requestedBytes(input),
    source,
    storage: storage && storageOf(storage),
    volumeGroupUuid: input.volume_group_reference?.uuid,
    extras: {
      ...without(input, ...DISK_FIELDS),
      ...(Object.keys(placeExtras).length === 0 ? {} : { device_properties: { disk_address: placeExtras } }),
    },
  };
}

const DISK_FIELDS = [
  'uuid',
  'device_properties',
  'disk_size_mib',
  'disk_size_bytes',
  'data_source_reference',
  'storage_config',
  'volume_group_reference',
];

/** A client that grows a disk from GET's body may change only one of its two sizes: the changed one counts. */
function grown(input: DiskInput, before: VmDisk | undefined): number | undefined {
  if (before?.sizeBytes === undefined || input.disk_size_mib === undefined) return undefined;
  const bytesUnchanged = input.disk_size_bytes === before.sizeBytes;
  return bytesUnchanged && input.disk_size_mib !== mebibytes(before.sizeBytes)
    ? input.disk_size_mib * MIB
    : undefined;
}

function storageOf(storage: NonNullable<DiskInput['storage_config']>): VmDisk['storage'] {
  const { flash_mode: flashMode, storage_container_reference: container, ...extras } = storage;
  return { flashMode, container, extras };
}

/** A disk as GET shows it. */
export function diskView({ extras, sizeBytes, source, storage, volumeGroupUuid, ...disk }: VmDisk): DiskView {
  const { device_properties: device, ...rest } = extras;
  const placeExtras = fieldsOf(fieldsOf(device)['disk_address']);
  return {
    ...(source === undefined ? {} : { data_source_reference: source }),
    ...rest,
    uuid: disk.uuid,
    device_properties: {
      disk_address: { ...placeExtras, adapter_type: disk.adapter, device_index: disk.index },
      device_type: disk.type,
    },
    ...(sizeBytes === undefined ? {} : { disk_size_mib: mebibytes(sizeBytes), disk_size_bytes: sizeBytes }),
    ...(storage === undefined ? {} : { storage_config: storageView(storage) }),
    ...(volumeGroupUuid === undefined
      ? {}
      : { volume_group_reference: { kind: 'volume_group', uuid: volumeGroupUuid } }),
  };
}

function storageView({
  flashMode,
  container,
  extras,
}: NonNullable<VmDisk['storage']>): NonNullable<DiskView['storage_config']> {
  return {
    ...(flashMode === undefined ? {} : { flash_mode: flashMode }),
    ...extras,
    ...(container === undefined ? {} : { storage_container_reference: container }),
  };
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / MIB);
}

/** A NIC of a request. */
export function nicOptions(input: NicInput): NicOptions {
  const {
    uuid,
    mac_address: macAddress,
    is_connected: connected,
    ip_endpoint_list: endpoints,
    subnet_reference: subnet,
    nic_type: type,
    vlan_mode: vlanMode,
    trunked_vlan_list: trunkedVlans,
    num_queues: queues,
    ...extras
  } = input;
  const [endpoint] = endpoints ?? [];
  return {
    uuid,
    macAddress,
    connected,
    address: endpoint?.ip,
    subnetUuid: subnet?.uuid,
    type,
    vlanMode,
    trunkedVlans,
    queues,
    extras,
  };
}

/** A NIC as GET shows it, with the addresses that Prism handed out. */
export function nicView(nic: VmNic): NicView {
  return {
    ...nic.extras,
    uuid: nic.uuid,
    nic_type: nic.type,
    vlan_mode: nic.vlanMode,
    trunked_vlan_list: nic.trunkedVlans,
    num_queues: nic.queues,
    mac_address: nic.macAddress,
    ip_endpoint_list: nic.address === undefined ? [] : [{ type: 'ASSIGNED', ip: nic.address }],
    subnet_reference: { kind: 'subnet', name: nic.subnet.name, uuid: nic.subnet.uuid },
    is_connected: nic.connected,
  };
}

/** A disk of a VM whose `resources` are complete. */
export function vmDisk(disk: DiskView): VmDisk {
  const { sizeBytes, source, storage, extras } = diskOptions(disk, []);
  const { disk_address: place, device_type: type } = disk.device_properties;
  const { adapter_type: adapter, device_index: index } = place;
  return { uuid: disk.uuid, type, adapter, index, sizeBytes, source, storage, extras };
}

/** A NIC of a VM whose `resources` are complete. */
export function vmNic(nic: NicView): VmNic {
  const { address, type, vlanMode, trunkedVlans, queues, extras } = nicOptions(nic);
  const { uuid, mac_address: macAddress, is_connected: connected, subnet_reference: subnet } = nic;
  return {
    uuid,
    macAddress,
    connected,
    address,
    subnet: { uuid: subnet.uuid, name: subnet.name },
    type,
    vlanMode,
    trunkedVlans: trunkedVlans && [...trunkedVlans],
    queues,
    extras,
  };
}
