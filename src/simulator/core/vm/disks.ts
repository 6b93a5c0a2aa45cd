import { Refusal } from '../refusal.js';
import type { ContainerRecord } from '../store/records.js';
import type { VmConfig, VmDisk } from '../store/vm-record.js';
import type { World } from '../world.js';
import { checkVmAttachable } from '../volume/index.js';
import type { DiskOptions, DiskPlace } from './options.js';

/** Where disks go when the request names no container. */
const DEFAULT_CONTAINER = 'SelfServiceContainer';
/** Size of the cloud-init drive seen in a real VM. */
const SEED_BYTES = 382_976;

interface DiskContext {
  readonly clusterUuid: string;
  readonly machineType: string;
  readonly vmName: string;
  readonly previous: readonly VmDisk[];
  /** Makes the id of a new disk. */
  readonly newId: () => string;
}

/** The disks that are asked for, with everything the server fills in. Throws a Refusal. */
export function completeDisks(world: World, all: readonly DiskOptions[], context: DiskContext): VmDisk[] {
  checkGroups(world, all, context);
  const taken = new Set(all.flatMap(({ address }) => (address === undefined ? [] : [keyOf(address)])));
  return all.map((options) => {
    const before = context.previous.find((disk) => disk.uuid === options.uuid);
    const volumeGroupUuid = before === undefined ? options.volumeGroupUuid : before.volumeGroupUuid;
    const type = volumeGroupUuid !== undefined ? 'VOLUME_GROUP' : (options.type ?? before?.type ?? 'DISK');
    const { adapter, index } =
      options.address ??
      before ??
      freePlace(taken, options.adapter ?? (type === 'CDROM' ? cdromAdapter(context.machineType) : 'SCSI'));
    return {
      uuid: before?.uuid ?? context.newId(),
      type,
      adapter,
      index,
      sizeBytes:
        volumeGroupUuid === undefined
          ? sizeOf(world, options, before, { adapter, index }, context)
          : undefined,
      source: options.source,
      storage: type === 'DISK' ? storageOf(world, options, context.clusterUuid) : options.storage,
      volumeGroupUuid,
      extras: options.extras,
    };
  });
}

/** A disk entry that names a volume group attaches it: the same rules hold as for the group's own action. */
function checkGroups(
  world: World,
  all: readonly DiskOptions[],
  { previous, clusterUuid }: DiskContext,
): void {
  const kept = new Set(previous.map(({ uuid }) => uuid));
  const had = previous.flatMap(({ volumeGroupUuid }) => volumeGroupUuid ?? []);
  const groups = all
    .filter(({ uuid }) => uuid === undefined || !kept.has(uuid))
    .flatMap(({ volumeGroupUuid }) => volumeGroupUuid ?? []);
  for (const group of groups) {
    if (had.includes(group) || groups.indexOf(group) !== groups.lastIndexOf(group)) {
      const message = `Volume group ${group} is attached to the VM already.`;
      throw new Refusal({ code: 'volume-rule', rule: 'INVALID_ARGUMENT', message });
    }
    checkVmAttachable(world.store, group, { clusterUuid });
  }
}

/** The drive that carries user data to the guest; it stands after the requested disks. */
export function seedDrive(disks: readonly VmDisk[], machineType: string, newId: () => string): VmDisk {
  const place = freePlace(new Set(disks.map(keyOf)), cdromAdapter(machineType));
  return { uuid: newId(), type: 'CDROM', ...place, sizeBytes: SEED_BYTES, extras: {} };
}

/** Whether it is the drive that carries user data, which is made with the VM and not asked for. */
export function isSeedDrive({ customization }: VmConfig, { type, source, sizeBytes }: VmDisk): boolean {
  return customization !== undefined && type === 'CDROM' && source === undefined && sizeBytes !== undefined;
}

function sizeOf(
  world: World,
  options: DiskOptions,
  before: VmDisk | undefined,
  place: DiskPlace,
  context: DiskContext,
): number | undefined {
  // The image of a disk that is there may be gone by now.
  const isNew = before === undefined || options.ejected === true;
  const image = isNew ? imageOf(world, options) : undefined;
  const had = options.ejected === true ? undefined : before?.sizeBytes;
  const bytes = options.sizeBytes ?? had ?? image?.sizeBytes;
  if (bytes !== undefined && had !== undefined && bytes < had && before?.type !== 'CDROM') {
    const { vmName } = context;
    const message = `disk ${place.adapter}.${String(place.index)} of VM ${vmName} cannot shrink`;
    throw new Refusal({ code: 'disk-shrinks', ...place, vmName, message });
  }
  return bytes;
}

function imageOf(
  world: World,
  { source }: DiskOptions,
): { readonly sizeBytes?: number | undefined } | undefined {
  if (source?.kind !== 'image' || source.uuid === undefined) return undefined;
  const image = world.store.images.get(source.uuid);
  if (image === undefined) throw Refusal.notFound('image', source.uuid);
  if (image.state !== 'COMPLETE') {
    const { uuid, name } = image;
    const message = `Image ${name} is not ready.`;
    throw new Refusal({ code: 'not-ready', entityType: 'image', id: uuid, name, message });
  }
  return image;
}

function storageOf(world: World, { storage }: DiskOptions, clusterUuid: string): VmDisk['storage'] {
  const wanted = storage?.container?.uuid;
  const container =
    wanted === undefined ? defaultContainer(world, clusterUuid) : world.store.containers.get(wanted);
  if (wanted !== undefined && container?.clusterUuid !== clusterUuid) {
    throw Refusal.notFound('storage_container', wanted);
  }
  const given = { extras: {}, ...storage };
  if (container === undefined) return given;
  return { ...given, container: { kind: 'storage_container', uuid: container.uuid, name: container.name } };
}

function defaultContainer(world: World, clusterUuid: string): ContainerRecord | undefined {
  const here = world.store.containers.toArray().filter((container) => container.clusterUuid === clusterUuid);
  return here.find(({ name }) => name === DEFAULT_CONTAINER) ?? here[0];
}

/** Q35 has no IDE. */
function cdromAdapter(machineType: string): string {
  return machineType === 'Q35' ? 'SATA' : 'IDE';
}

function keyOf({ adapter, index }: DiskPlace): string {
  return `${adapter}.${String(index)}`;
}

function freePlace(taken: Set<string>, adapter: string): DiskPlace {
  for (let index = 0; ; index += 1) {
    const key = keyOf({ adapter, index });
    if (taken.has(key)) continue;
    taken.add(key);
    return { adapter, index };
  }
}
