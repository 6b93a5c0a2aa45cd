import type { Volumes } from './volumes.js';

/** What the port has, without its end. */
export type VolumeMethod = Exclude<keyof Volumes, 'close'>;
/** Arguments of each method. */
export type VolumeArguments = { readonly [K in VolumeMethod]: Parameters<Volumes[K]> };
/** With what each method resolves. */
export type VolumeResults = { readonly [K in VolumeMethod]: Awaited<ReturnType<Volumes[K]>> };
/** The port without its end. */
export type VolumeMethods = {
  readonly [K in VolumeMethod]: (...args: VolumeArguments[K]) => Promise<VolumeResults[K]>;
};
/** The methods of the port, each as `method` makes it. */
export function volumePortMethods(
  method: <K extends VolumeMethod>(name: K) => (...args: VolumeArguments[K]) => Promise<VolumeResults[K]>,
): VolumeMethods {
  return {
    resolvePlacement: method('resolvePlacement'),
    list: method('list'),
    findByName: method('findByName'),
    find: method('find'),
    create: method('create'),
    rename: method('rename'),
    changeCategories: method('changeCategories'),
    grow: method('grow'),
    delete: method('delete'),
    attachToVm: method('attachToVm'),
    attachToInitiator: method('attachToInitiator'),
    detach: method('detach'),
    findVm: method('findVm'),
    createSnapshot: method('createSnapshot'),
    listSnapshots: method('listSnapshots'),
    findSnapshot: method('findSnapshot'),
    deleteSnapshot: method('deleteSnapshot'),
    createFromSnapshot: method('createFromSnapshot'),
    freeBytes: method('freeBytes'),
  };
}
