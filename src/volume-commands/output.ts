import type { Command } from 'commander';
import { sizeText, type VolumeSummary } from '../volume/index.js';
import type { Snapshot } from '../provider/index.js';

/** Columns by their heading; the widest cell decides the width. */
export function columnsText(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_heading, column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** For commands with a result. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print the result as JSON');
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** A volume with the names of its members in JSON; times in RFC 3339. */
export function volumeJson(volume: VolumeSummary): Readonly<Record<string, unknown>> {
  const { id, name, sizeBytes, filesystem, holders, holderNodes, mountpoint, madeAt, removed } = volume;
  return { id, name, sizeBytes, filesystem, holders, holderNodes, mountpoint, madeAt, removed };
}

/** The same for a snapshot; a size that the cloud did not tell is left out. */
export function snapshotJson({
  id,
  name,
  volumeId,
  sizeBytes,
  madeAt,
  ready,
}: Snapshot): Readonly<Record<string, unknown>> {
  return { id, name, volumeId, sizeBytes: sizeBytes === 0 ? undefined : sizeBytes, madeAt, ready };
}

export function volumeTable(volumes: readonly VolumeSummary[]): string {
  return columnsText(
    ['NAME', 'SIZE', 'FS', 'HELD BY', 'MOUNTED AT'],
    volumes.map(({ name, sizeBytes, filesystem, holders, mountpoint }) => [
      name,
      sizeText(sizeBytes),
      filesystem ?? '-',
      holders === undefined ? '?' : holders.length === 0 ? '-' : holders.join(', '),
      mountpoint ?? '-',
    ]),
  );
}

export function removedTable(volumes: readonly VolumeSummary[]): string {
  return columnsText(
    ['NAME', 'SIZE', 'REMOVED', 'KEPT UNTIL', 'ID'],
    volumes.map(({ name, sizeBytes, removed, id }) => [
      name,
      sizeText(sizeBytes),
      shortTime(removed?.at),
      shortTime(removed?.keptUntil),
      id,
    ]),
  );
}

export function snapshotTable(snapshots: readonly Snapshot[]): string {
  return columnsText(
    ['NAME', 'SIZE', 'MADE', 'READY', 'ID', 'VOLUME'],
    snapshots.map(({ name, sizeBytes, madeAt, ready, id, volumeId }) => [
      name,
      sizeText(sizeBytes),
      shortTime(madeAt),
      ready ? 'yes' : 'no',
      id,
      volumeId,
    ]),
  );
}

/** UTC, to the second. */
function shortTime(time: Date | undefined): string {
  return time === undefined ? '-' : `${time.toISOString().slice(0, 19)}Z`;
}
