import type { ComputeSize, VmSize } from '../../../provider/index.js';

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
