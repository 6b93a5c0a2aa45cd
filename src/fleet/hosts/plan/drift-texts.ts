import type { SizeComparison } from '../size/compare-size.js';
import type { SizeDrift } from '../size/size-drift.js';
import type { FlagChange } from './flag-changes.js';

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
