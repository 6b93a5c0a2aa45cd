import type { ComputeSize, DiskBus, Reference, VmSize, VmSpec } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';

/** One additional disk of a new VM with its place on its bus. */
export interface PlacedDisk {
  readonly bus: DiskBus;
  readonly index: number;
  readonly sizeGiB: number;
  /** undefined = the cloud picks one. */
  readonly container: Reference | undefined;
}

/** The additional disks of a new VM, each on its bus in order; the system disk has SCSI 0. */
export function placedDisks({ placement, disks }: VmSpec): readonly PlacedDisk[] {
  const next: Record<DiskBus, number> = { scsi: 1, sata: 0, pci: 0, ide: 0 };
  return disks.map(({ sizeGiB, bus }, position) => {
    const index = next[bus];
    next[bus] += 1;
    return { bus, index, sizeGiB, container: placement.storageContainers[position] };
  });
}

/**
 * The machine type that a new VM needs; undefined = the server's default. Secure boot needs Q35, which has no IDE bus
 * (reference 5.3, reference v4 3.1).
 */
export function machineTypeOf(spec: VmSpec): 'PC' | 'Q35' | undefined {
  const { name, bootType, machineType, disks } = spec;
  if (bootType === 'secure' && machineType === 'pc') {
    throw new OperationError({
      code: 'invalid-input',
      attempted: `create VM "${name}"`,
      problem: 'secure boot needs machine type q35, and pc was asked for',
      advice: 'Leave the machine type out.',
    });
  }
  const type = bootType === 'secure' ? 'q35' : machineType;
  if (type === 'q35' && disks.some(({ bus }) => bus === 'ide')) {
    throw new OperationError({
      code: 'invalid-input',
      attempted: `create VM "${name}"`,
      problem: 'machine type Q35 (also used for secure boot) has no IDE bus',
      advice: 'Put the additional disks on scsi, sata or pci.',
    });
  }
  if (type === undefined) return undefined;
  return type === 'q35' ? 'Q35' : 'PC';
}

/** True when a VM has just this compute size. */
export function isOfSize(now: VmSize, size: ComputeSize): boolean {
  return (
    now.sockets === size.sockets &&
    now.coresPerSocket === size.coresPerSocket &&
    now.memoryMiB === size.memoryMiB
  );
}

const BUSES: Readonly<Record<string, DiskBus>> = { SCSI: 'scsi', SATA: 'sata', PCI: 'pci', IDE: 'ide' };

/** A bus in the words of both APIs; undefined when it is none that a disk of ours can be on. */
export function diskBusFrom(word: string | undefined): DiskBus | undefined {
  return BUSES[word ?? ''];
}
