import { randomUUID } from 'node:crypto';
import { Refusal } from '../../core/refusal.js';
import type { DiskAddress, DiskInput } from './bodies.js';
import type { ContainerRecord } from '../../core/store/records.js';
import { without } from './without.js';
import type { World } from '../../core/world.js';
import type { VmDisk } from './resources.js';

const MIB = 2 ** 20;
/** Where disks go when the request names no container. */
const DEFAULT_CONTAINER = 'SelfServiceContainer';
/** Size of the cloud-init drive seen in a real VM. */
const SEED_BYTES = 382_976;

interface DiskContext {
  readonly clusterUuid: string;
  readonly machineType: string;
  readonly vmName: string;
  readonly previous: readonly VmDisk[];
}

/** The disks of a request with everything the server fills in. Throws a Refusal. */
export function completeDisks(world: World, inputs: readonly DiskInput[], context: DiskContext): VmDisk[] {
  const taken = new Set(inputs.flatMap(({ device_properties: at }) => addressKey(at?.disk_address)));
  return inputs.map((input) => {
    const before = context.previous.find((disk) => disk.uuid === input.uuid);
    const type = input.device_properties?.device_type ?? before?.device_properties.device_type ?? 'DISK';
    const address =
      input.device_properties?.disk_address ??
      before?.device_properties.disk_address ??
      freeAddress(taken, type === 'CDROM' ? cdromAdapter(context.machineType) : 'SCSI');
    return {
      ...without(input, 'uuid', 'device_properties', 'disk_size_mib', 'disk_size_bytes'),
      uuid: before?.uuid ?? randomUUID(),
      device_properties: { disk_address: address, device_type: type },
      ...sizeOf(world, input, before, address, context),
      ...(type === 'DISK' ? { storage_config: storageOf(world, input, context.clusterUuid) } : {}),
    };
  });
}

/** The drive that carries user data to the guest; it stands after the requested disks. */
export function seedDrive(disks: readonly VmDisk[], machineType: string): VmDisk {
  const taken = new Set(disks.flatMap((disk) => addressKey(disk.device_properties.disk_address)));
  return {
    uuid: randomUUID(),
    device_properties: { disk_address: freeAddress(taken, cdromAdapter(machineType)), device_type: 'CDROM' },
    disk_size_bytes: SEED_BYTES,
    disk_size_mib: 1,
  };
}

/** Wanted size in bytes; bytes win over MiB. */
export function requestedBytes(input: DiskInput): number | undefined {
  return input.disk_size_bytes ?? (input.disk_size_mib === undefined ? undefined : input.disk_size_mib * MIB);
}

function sizeOf(
  world: World,
  input: DiskInput,
  before: VmDisk | undefined,
  address: DiskAddress,
  context: DiskContext,
): { disk_size_mib?: number; disk_size_bytes?: number } {
  const image = imageOf(world, input);
  const had = before?.disk_size_bytes;
  const asked = requestedBytes(input);
  const bytes = grown(input, before) ?? asked ?? had ?? image?.sizeBytes;
  if (bytes === undefined) return {};
  if (had !== undefined && bytes < had) {
    const place = `${address.adapter_type.toLowerCase()}.${String(address.device_index)}`;
    const detail = `error_code: 27\nerror_detail: "NotSupported: Can\\'t shrink disk at ${place} of VM ${context.vmName}"`;
    throw new Refusal({ status: 500, reason: 'INTERNAL_ERROR', message: detail });
  }
  return { disk_size_mib: Math.ceil(bytes / MIB), disk_size_bytes: bytes };
}

/** A client that grows a disk from GET's body may change only one of its two sizes: the changed one counts. */
function grown(input: DiskInput, before: VmDisk | undefined): number | undefined {
  if (before === undefined || input.disk_size_mib === undefined) return undefined;
  const bytesUnchanged = input.disk_size_bytes === before.disk_size_bytes;
  return bytesUnchanged && input.disk_size_mib !== before.disk_size_mib
    ? input.disk_size_mib * MIB
    : undefined;
}

function imageOf(world: World, input: DiskInput): { readonly sizeBytes?: number | undefined } | undefined {
  const source = input.data_source_reference;
  if (source?.kind !== 'image' || source.uuid === undefined) return undefined;
  const image = world.store.images.get(source.uuid);
  if (image === undefined) throw Refusal.notFound('image', source.uuid);
  if (image.state !== 'COMPLETE') throw Refusal.invalidArgument(`Image ${image.name} is not ready.`, 'vm');
  return image;
}

function storageOf(
  world: World,
  input: DiskInput,
  clusterUuid: string,
): NonNullable<VmDisk['storage_config']> {
  const wanted = input.storage_config?.storage_container_reference?.uuid;
  const container =
    wanted === undefined ? defaultContainer(world, clusterUuid) : world.store.containers.get(wanted);
  if (wanted !== undefined && container?.clusterUuid !== clusterUuid) {
    throw Refusal.notFound('storage_container', wanted);
  }
  if (container === undefined) return { ...input.storage_config };
  const reference = { kind: 'storage_container', uuid: container.uuid, name: container.name };
  return { ...input.storage_config, storage_container_reference: reference };
}

function defaultContainer(world: World, clusterUuid: string): ContainerRecord | undefined {
  const here = world.store.containers.toArray().filter((container) => container.clusterUuid === clusterUuid);
  return here.find(({ name }) => name === DEFAULT_CONTAINER) ?? here[0];
}

/** Q35 has no IDE. */
function cdromAdapter(machineType: string): string {
  return machineType === 'Q35' ? 'SATA' : 'IDE';
}

function addressKey(address: DiskAddress | undefined): string[] {
  return address === undefined ? [] : [`${address.adapter_type}.${String(address.device_index)}`];
}

function freeAddress(taken: Set<string>, adapter: string): DiskAddress {
  for (let index = 0; ; index += 1) {
    const address = { adapter_type: adapter, device_index: index };
    const [key = ''] = addressKey(address);
    if (taken.has(key)) continue;
    taken.add(key);
    return address;
  }
}
