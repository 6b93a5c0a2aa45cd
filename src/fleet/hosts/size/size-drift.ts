import type { ComputeSize, VmSize, DiskBus, VmDisk } from '../../../provider/index.js';

/** How processors and memory of a VM have to change. */
export interface SizeChange {
  readonly size: ComputeSize;
  /** Only a VM that is off can be changed so: running ones can get sockets and memory, nothing else. */
  readonly needsStop: boolean;
  /** For a user, e.g. `memory 2048 → 4096 MiB`. */
  readonly text: string;
}

/** Processors and memory: Prism can change them where they are. Without dashes. */
export function isSizeFlag(flag: string): boolean {
  return ['nutanix-vm-cpus', 'nutanix-vm-cores', 'nutanix-vm-mem'].includes(flag);
}

/** undefined = processors and memory are as declared, or one of them is not known. */
export function sizeChange(declared: VmSize, real: VmSize): SizeChange | undefined {
  const [now, size] = [computeSize(real), computeSize(declared)];
  if (now === undefined || size === undefined) return undefined;
  const texts = [
    ...text('CPU sockets', now.sockets, size.sockets, ''),
    ...text('cores of each socket', now.coresPerSocket, size.coresPerSocket, ''),
    ...text('memory', now.memoryMiB, size.memoryMiB, ' MiB'),
  ];
  if (texts.length === 0) return undefined;
  const grows = size.sockets >= now.sockets && size.memoryMiB >= now.memoryMiB;
  const needsStop = !grows || size.coresPerSocket !== now.coresPerSocket;
  return { size, needsStop, text: texts.join(', ') };
}

function computeSize({ sockets, coresPerSocket, memoryMiB }: VmSize): ComputeSize | undefined {
  if (sockets === undefined || coresPerSocket === undefined || memoryMiB === undefined) return undefined;
  return { sockets, coresPerSocket, memoryMiB };
}

function text(what: string, now: number, then: number, unit: string): string[] {
  return now === then ? [] : [`${what} ${now} → ${then}${unit}`];
}

/** One way in which a VM's size differs from what was declared. */
export interface SizeDrift {
  /** Flag that declares it, without dashes; undefined = a disk, which several flags declare. */
  readonly flag?: string | undefined;
  /** For a user, e.g. `memory 16384 MiB, declared 8192 MiB`. */
  readonly text: string;
}

/** How a VM's size differs from what was declared. What either side does not say is left out. */
export function sizeDrift(declared: VmSize, real: VmSize): readonly SizeDrift[] {
  const compute: readonly (readonly [flag: string, texts: readonly string[]])[] = [
    ['nutanix-vm-cpus', amount('CPU sockets', '', declared.sockets, real.sockets)],
    ['nutanix-vm-cores', amount('cores of each socket', '', declared.coresPerSocket, real.coresPerSocket)],
    ['nutanix-vm-mem', amount('memory', ' MiB', declared.memoryMiB, real.memoryMiB)],
  ];
  return [
    ...compute.flatMap(([flag, texts]) => texts.map((text) => ({ flag, text }))),
    ...diskDrift(declared.disks, real.disks).map((text) => ({ text })),
  ];
}

function amount(
  what: string,
  unit: string,
  declared: number | undefined,
  real: number | undefined,
): string[] {
  if (declared === undefined || real === undefined || declared === real) return [];
  return [`${what} ${shown(real)}${unit}, declared ${shown(declared)}${unit}`];
}

/** Disks are compared by their place on a bus. */
function diskDrift(declared: readonly VmDisk[], real: readonly VmDisk[]): string[] {
  if (real.length === 0) return []; // nothing was said about them
  const buses = [...new Set([...declared, ...real].map(({ bus }) => bus))];
  return buses.flatMap((bus) => {
    const [wanted, found] = [on(bus, declared), on(bus, real)];
    const places = Math.max(wanted.length, found.length);
    return Array.from({ length: places }, (_, place) => {
      const [want, have] = [wanted[place], found[place]];
      const name = `disk ${bus}.${place}`;
      if (have === undefined) return [`${name} is missing`];
      if (want === undefined) return [`${name}${ofSize(have)} is not declared`];
      return amount(name, ' GiB', want.sizeGiB, have.sizeGiB);
    }).flat();
  });
}

function on(bus: DiskBus, disks: readonly VmDisk[]): readonly VmDisk[] {
  return disks.filter((disk) => disk.bus === bus);
}

function ofSize({ sizeGiB }: VmDisk): string {
  return sizeGiB === undefined ? '' : ` of ${shown(sizeGiB)} GiB`;
}

function shown(value: number): string {
  return String(Math.round(value * 100) / 100);
}
