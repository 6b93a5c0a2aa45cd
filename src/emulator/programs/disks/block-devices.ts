import type { BlockDevice, BlockDevices, Mounts } from '../../disks/index.js';
import type { Process, ProgramOf } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { pathOf } from '../inputs.js';
import { parseOptions } from '../options.js';
import { listedDisks } from './list-disks.js';

const SECTOR = 512;
const NOTHING_FOUND = 2;

/** What programs for disks are given of the guest. */
export interface DiskParts {
  readonly disks: BlockDevices;
  readonly mounts: Mounts;
}

function deviceAt(process: Process, disks: BlockDevices, operand: string): BlockDevice {
  const device = disks.at(pathOf(process, operand));
  if (device !== undefined) return device;
  throw new UsageError(`cannot open ${operand}: No such file or directory`);
}

/** `mkfs.TYPE`, `mkfs -t TYPE`: refuses a device that is mounted, and xfs one that has something on it. */
const mkfs: ProgramOf<DiskParts> = async (process, { disks, mounts }) => {
  const table = 't: L: q f F';
  const options = parseOptions(process.args, table);
  const type = /\.(\w+)$/.exec(process.args[0] ?? '')?.[1] ?? options.value('t') ?? 'ext2';
  const [operand] = options.operands;
  if (operand === undefined) throw new UsageError('no device name given');
  if (process.user.uid !== 0) throw new UsageError(`${operand}: Permission denied`);
  const device = deviceAt(process, disks, operand);
  const { fileSystem } = device.content;
  const inUse = mounts.table.some(({ source }) => source === `/dev/${device.name}`);
  const partitioned = disks.all.some(({ parent }) => parent === device.name);
  if (inUse || partitioned)
    throw new UsageError(`${operand} is apparently in use by the system; will not make a filesystem here!`);
  if (type === 'xfs' && fileSystem !== undefined && !options.has('f')) {
    throw new UsageError(
      `${operand} appears to contain an existing filesystem (${fileSystem.type}). Use the -f option to force overwrite.`,
    );
  }
  disks.format(device, type, options.value('L') ?? '');
  if (!options.has('q')) await process.stdout.line(`Creating ${type} filesystem on ${operand}`);
  return 0;
};

/** Values blkid knows of a device, by tag. */
function tagsOf({ name, content, parent }: BlockDevice, disks: BlockDevices): [string, string][] {
  const { fileSystem } = content;
  if (fileSystem === undefined) {
    const partitioned = disks.all.some((device) => device.parent === name);
    return partitioned && parent === undefined ? [['PTTYPE', 'gpt']] : [];
  }
  const { label, uuid, type } = fileSystem;
  return [
    ...(label === '' ? [] : [['LABEL', label] satisfies [string, string]]),
    ['UUID', uuid],
    ['TYPE', type],
  ];
}

/** Exit status 2 = nothing known of the device, or no such device. */
const blkid: ProgramOf<DiskParts> = async (process, { disks }) => {
  const table = 'p s: o: L:';
  const options = parseOptions(process.args, table, { status: 4 });
  const wanted = options.value('L');
  if (wanted !== undefined) {
    const found = disks.all.find((device) => tagsOf(device, disks).some(([, value]) => value === wanted));
    if (found === undefined) return NOTHING_FOUND;
    await process.stdout.line(`/dev/${found.name}`);
    return 0;
  }
  const operands =
    options.operands.length === 0 ? disks.all.map(({ name }) => `/dev/${name}`) : options.operands;
  const only = options.values('s');
  let status = NOTHING_FOUND;
  for (const operand of operands) {
    const device = disks.at(pathOf(process, operand));
    const tags = device === undefined ? [] : tagsOf(device, disks);
    const shown = tags.filter(([tag]) => only.length === 0 || only.includes(tag));
    if (shown.length === 0) continue;
    status = 0;
    if (options.value('o') === 'value') for (const [, value] of shown) await process.stdout.line(value);
    else
      await process.stdout.line(`${operand}: ${shown.map(([tag, value]) => `${tag}="${value}"`).join(' ')}`);
  }
  return status;
};

const blockdev: ProgramOf<DiskParts> = async (process, { disks }) => {
  const [request = '', ...operands] = process.args.slice(1);
  const units: Readonly<Record<string, number>> = {
    '--getsz': SECTOR,
    '--getsize64': 1,
  };
  const unit = units[request];
  if (unit === undefined) throw new UsageError(`Unknown command: ${request}`);
  for (const operand of operands)
    await process.stdout.line(String(Math.floor(deviceAt(process, disks, operand).sizeBytes / unit)));
  return 0;
};

const lsblk: ProgramOf<DiskParts> = async (process, parts) => {
  const options = parseOptions(process.args, 'n|noheadings d|nodeps b|bytes o|output: p|paths l|list r|raw');
  const operands = options.operands.map((operand) => deviceAt(process, parts.disks, operand));
  const whole = parts.disks.all.filter(({ parent }) => parent === undefined);
  const lines = listedDisks(parts, options, operands.length === 0 ? whole : operands);
  for (const line of lines) await process.stdout.line(line);
  return 0;
};

/** Links in /dev/disk are made at once, so that there is nothing to wait for. */
const udevadm: ProgramOf<DiskParts> = (process) => {
  const [, verb = ''] = process.args;
  if (verb !== 'settle' && verb !== 'trigger') throw new UsageError(`Unknown command verb ${verb}`);
  return 0;
};

export const blockDevicePrograms: Readonly<Record<string, ProgramOf<DiskParts>>> = {
  mkfs,
  blkid,
  blockdev,
  lsblk,
  udevadm,
};
