export type { Catalogue, OfferedImage, OfferedSubnet, Offers } from './catalogue.js';
export type { Categories, CategorizedVms, NewCategory } from './categories.js';
export type { Connection, Credentials, Trust } from './connection.js';
export type { Inventory, OwnedVm } from './inventory.js';
export type { Notes } from './notes.js';
export type { Category, GpuChoice, Placement, PlacementRequest, Reference } from './placement.js';
export type { CallContext, Provider } from './provider.js';
export type { ComputeSize, Resizing } from './resizing.js';
export type {
  BootType,
  CreationToken,
  DiskBus,
  Nic,
  NicAddress,
  Vm,
  VmDisk,
  VmId,
  VmSize,
  VmSpec,
  VmIdentity,
} from './vm.js';
export type {
  InitiatorAccess,
  InitiatorAttachment,
  ListedVolume,
  NewVolume,
  NewVolumeChoice,
  Snapshot,
  SnapshotId,
  VmAttachment,
  Volume,
  VolumeAttachment,
  VolumeDisk,
  VolumeId,
  VolumeLabel,
  VolumePlacement,
  VolumePlacementRequest,
  Volumes,
} from './volumes.js';
export {
  contextOf,
  vmPort,
  volumesPort,
  type Port,
  type PortArguments,
  type PortMethod,
  type PortMethods,
  type PortResult,
} from './port.js';
