import type { SizeComparison } from '../size/compare-size.js';
import type { SizeDrift } from '../size/size-drift.js';

/** A create flag that a host was made with in another way than the file says now. */
export interface FlagChange {
  /** Without dashes, e.g. nutanix-vm-mem. */
  readonly flag: string;
  /** `nutanix-vm-mem 2048 → 4096`. */
  readonly text: string;
}

/** The flags that differ between two lists of create arguments. The order of a flag's values does not count. */
export function flagChanges(before: readonly string[], now: readonly string[]): FlagChange[] {
  const gone = before.filter((argument) => !now.includes(argument));
  const fresh = now.filter((argument) => !before.includes(argument));
  const flags = [...new Set([...gone, ...fresh].map(flagOf))];
  return flags.map((flag) => {
    const values = (list: readonly string[]): string =>
      list
        .filter((argument) => flagOf(argument) === flag)
        .map(valueOf)
        .join('+') || 'none';
    const name = flag.replace(/^--/, '');
    return { flag: name, text: `${name} ${values(gone)} → ${values(fresh)}` };
  });
}

/** The same in words. */
export function differences(before: readonly string[], now: readonly string[]): string[] {
  return flagChanges(before, now).map(({ text }) => text);
}

function flagOf(argument: string): string {
  return argument.split('=', 1)[0] ?? argument;
}

function valueOf(argument: string): string {
  const at = argument.indexOf('=');
  return at < 0 ? 'true' : argument.slice(at + 1);
}

/** How the VM differs from the file, without what a changed flag tells already. */
export function driftBeside(
  changes: readonly FlagChange[],
  size: SizeComparison | undefined,
): readonly SizeDrift[] {
  if (size?.is !== 'known') return [];
  const told = new Set(changes.map(({ flag }) => flag));
  return size.drift.filter(({ flag }) => flag === undefined || !told.has(flag));
}

/** The drift in words, with what helps: one text for CPU and memory, one for disks. */
export function driftTexts(drift: readonly SizeDrift[]): readonly string[] {
  const compute = drift.filter(({ flag }) => flag !== undefined);
  const disks = drift.filter(({ flag }) => flag === undefined);
  return [
    ...(compute.length === 0
      ? []
      : [`has another size in Prism Central (${listOf(compute)}): apply --resize changes it`]),
    ...(disks.length === 0
      ? []
      : [`has other disks in Prism Central (${listOf(disks)}): change the file or the VM`]),
  ];
}

function listOf(drift: readonly SizeDrift[]): string {
  return drift.map(({ text }) => text).join(', ');
}
