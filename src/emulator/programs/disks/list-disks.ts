import type { BlockDevice, BlockDevices, Mounts } from '../../disks/index.js';
import { UsageError } from '../../os/execute.js';
import type { Options } from '../options.js';

const SYSTEM_COLUMNS = 'NAME,MAJ:MIN,RM,SIZE,RO,TYPE,MOUNTPOINTS';
/** lsblk sets these against the right edge. A column is as wide as its name, shown or not, and as this at least. */
const RIGHT: Readonly<Record<string, number>> = { SIZE: 5, RM: 2, RO: 2 };

type Values = Readonly<Record<string, string>>;
interface Row {
  readonly depth: number;
  readonly isLast: boolean;
  readonly values: Values;
}

/** What util-linux's lsblk writes: a tree of disks and their partitions, unless -l, -r, -d or the columns make it a list. */
export function listedDisks(
  { disks, mounts }: { readonly disks: BlockDevices; readonly mounts: Mounts },
  options: Options,
  chosen: readonly BlockDevice[],
): readonly string[] {
  const wanted = (options.value('o') ?? SYSTEM_COLUMNS).split(',');
  const columns = wanted.map((column) => column.toUpperCase());
  const isList = options.has('l', 'r', 'd') || !columns.includes('NAME');
  const rowOf = (device: BlockDevice, depth: number, isLast: boolean): Row => ({
    depth: isList ? 0 : depth,
    isLast,
    values: valuesOf(device, mounts, options),
  });
  const rows = chosen.flatMap((device) => {
    const parts = options.has('d') ? [] : disks.all.filter(({ parent }) => parent === device.name);
    return [rowOf(device, 0, true), ...parts.map((part, at) => rowOf(part, 1, at === parts.length - 1))];
  });
  const unknown = wanted.find((_, at) => rows.some(({ values }) => values[columns[at] ?? ''] === undefined));
  if (unknown !== undefined) throw new UsageError(`unknown column: ${unknown}`);
  const cells = rows.map((row) => columns.map((column) => cell(row, column)));
  const lines = options.has('n') ? cells : [columns, ...cells];
  if (options.has('r')) {
    return lines.map((line) => line.map((text) => text.trim().replaceAll('\n', '\\x0a')).join(' '));
  }
  return aligned(columns, lines.flatMap(spread));
}

function cell({ depth, isLast, values }: Row, column: string): string {
  const branch = depth > 0 && column === 'NAME' ? (isLast ? '└─' : '├─') : '';
  return `${branch}${values[column] ?? ''}`;
}

function valuesOf(device: BlockDevice, mounts: Mounts, options: Options): Values {
  const { name, parent, sizeBytes, serial } = device;
  const { fileSystem } = device.content;
  const path = `/dev/${name}`;
  const targets = mounts.table.filter(({ source }) => source === path).map(({ target }) => target);
  const prefix = options.has('p') ? '/dev/' : '';
  const isDisk = parent === undefined;
  return {
    NAME: `${prefix}${name}`,
    KNAME: `${prefix}${name}`,
    PKNAME: isDisk ? '' : `${prefix}${parent}`,
    PATH: path,
    'MAJ:MIN': numbersOf(name),
    RM: '0',
    RO: '0',
    SIZE: options.has('b') ? String(sizeBytes) : sizeText(sizeBytes),
    TYPE: isDisk ? 'disk' : 'part',
    FSTYPE: fileSystem?.type ?? '',
    LABEL: fileSystem?.label ?? '',
    UUID: fileSystem?.uuid ?? '',
    MOUNTPOINT: targets[0] ?? '',
    MOUNTPOINTS: targets.toReversed().join('\n'),
    VENDOR: isDisk ? 'NUTANIX' : '',
    MODEL: isDisk ? 'VDISK' : '',
    SERIAL: serial,
  };
}

/**
 * Of the kernel's drivers sd (major 8) and virtio_blk (252 on Ubuntu): sixteen minors for each disk, the first of them for
 * the whole. lsblk sets the colons below each other.
 */
function numbersOf(name: string): string {
  const [, driver = '', letters = '', partition = '0'] = /^(sd|vd)([a-z]+)(\d*)$/.exec(name) ?? [];
  const position = Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 96, 0) - 1;
  const minor = position * 16 + Number(partition);
  return `${(driver === 'sd' ? '8' : '252').padStart(3)}:${String(minor).padEnd(3)}`;
}

/** With one digit after the point where that is not 0, as util-linux rounds. */
function sizeText(bytes: number): string {
  const units = 'BKMGTPE';
  const power = Math.min(Math.max(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), 0), units.length - 1);
  return `${Math.round((bytes / 1024 ** power) * 10) / 10}${units[power] ?? ''}`;
}

/** Mount points below each other take lines of their own. */
function spread(cells: readonly string[]): readonly (readonly string[])[] {
  const parts = cells.map((text) => text.split('\n'));
  const height = Math.max(...parts.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => parts.map((part) => part[line] ?? ''));
}

/** The last column is not filled up. */
function aligned(columns: readonly string[], lines: readonly (readonly string[])[]): readonly string[] {
  const widths = columns.map((column, at) =>
    Math.max(column.length, RIGHT[column] ?? 0, ...lines.map((line) => line[at]?.length ?? 0)),
  );
  const filled = (text: string, at: number): string => {
    if (RIGHT[columns[at] ?? ''] !== undefined) return text.padStart(widths[at] ?? 0);
    return at === columns.length - 1 ? text : text.padEnd(widths[at] ?? 0);
  };
  return lines.map((line) => line.map(filled).join(' '));
}
