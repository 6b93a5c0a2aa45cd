import { isOver, type TaskRecord } from '../../core/task-engine.js';
import { shownState, type VmDisk, type VmNic, type VmRecord } from '../../core/store/vm-record.js';
import type { World } from '../../core/world.js';
import { taskRow } from '../activity-rows.js';
import { addressesOf, clusterName, hostName } from '../vm-rows.js';
import { latest, shownName, type TaskRow } from '../view-shape.js';
import { decodedWithoutSecrets } from './user-data.js';
import { actionButtons } from './vm-actions.js';
import type { DiskRow, NicRow, VmDetails } from './workbench-shape.js';

const MOST_TASKS = 30;
/** `text [made by alice@build-7 for web-1] [product 1a2b]`: the tags at the end of a description. */
const TAGS = /(?:\s*\[[^[\]]+\])+\s*$/;

export function vmDetails(world: World, vm: VmRecord): VmDetails {
  const { sockets, coresPerSocket, threadsPerCore, memoryMiB, customization, disks, nics } = vm.config;
  const { cloudInit } = customization ?? {};
  const description = vm.description ?? '';
  const tags = TAGS.exec(description)?.[0] ?? '';
  return {
    uuid: vm.uuid,
    name: shownName(vm.name, vm.uuid),
    power: vm.power,
    state: shownState(vm),
    failure: vm.failure?.message,
    cluster: clusterName(world, vm),
    host: hostName(world, vm),
    project: vm.projectUuid === undefined ? undefined : world.store.projects.get(vm.projectUuid)?.name,
    owner: vm.owner.name,
    description: description.slice(0, description.length - tags.length),
    ownerTags: [...tags.matchAll(/\[([^[\]]+)\]/g)].map(([, tag = '']) => tag),
    categories: categoriesShown(vm.categories),
    cpus: `${String(sockets)} × ${String(coresPerSocket)} cores × ${String(threadsPerCore)} threads`,
    memoryMiB,
    createdAt: vm.createdAt,
    updatedAt: vm.updatedAt,
    disks: disks.map((disk) => diskRow(world, disk)),
    nics: nics.map((nic) => nicRow(vm, nic)),
    userData: cloudInit?.userData === undefined ? undefined : decodedWithoutSecrets(cloudInit.userData),
    metaData: cloudInit?.metaData === undefined ? undefined : decodedWithoutSecrets(cloudInit.metaData),
    tasks: tasksOf(world, vm.uuid),
    actions: actionButtons(vm),
    hasTerminal: world.boots.get(vm.uuid)?.guest?.openTerminal !== undefined,
  };
}

/** Keys with their values. */
export function categoriesShown(categories: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(categories).flatMap(([key, values]) => values.map((value) => `${key}: ${value}`));
}

/** Of everything that was done to an entity, the latest first. */
export function tasksOf({ tasks, time }: World, uuid: string): readonly TaskRow[] {
  const concerns = (task: TaskRecord): boolean => task.entities.some((entity) => entity.uuid === uuid);
  const found = [...tasks.all()].filter(concerns);
  return latest(found, MOST_TASKS, (task) => taskRow(task, isOver(task) ? task.updatedAt : time.now())).rows;
}

function diskRow(world: World, disk: VmDisk): DiskRow {
  const { uuid, adapter, index, type, sizeBytes, source, volumeGroupUuid } = disk;
  const { images, volumeGroups } = world.store;
  const group = volumeGroupUuid === undefined ? undefined : volumeGroups.get(volumeGroupUuid);
  const image = source?.uuid === undefined ? undefined : images.get(source.uuid);
  return {
    uuid,
    slot: `${adapter.toLowerCase()}.${String(index)}`,
    type: type.toLowerCase().replaceAll('_', ' '),
    sizeBytes,
    from: group?.name ?? image?.name ?? source?.name ?? source?.uuid,
  };
}

function nicRow({ learned }: VmRecord, nic: VmNic): NicRow {
  const { uuid, macAddress, subnet, connected } = nic;
  return {
    uuid,
    macAddress,
    subnet: subnet.name ?? subnet.uuid,
    connected,
    addresses: addressesOf({ config: { nics: [nic] }, learned }),
  };
}
