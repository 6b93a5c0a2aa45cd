import { Errno } from '../../filesystem/index.js';
import type { Mount, Mounts } from '../../disks/index.js';
import type { Process, ProgramOf } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { pathOf } from '../inputs.js';
import { parseOptions } from '../options.js';
import type { DiskParts } from './block-devices.js';

const FAILED = 32;

function requireRoot(process: Process): void {
  if (process.user.uid !== 0) throw new UsageError('must be superuser to use this command.', 1);
}

const mount: ProgramOf<DiskParts> = async (process, { mounts }) => {
  const options = parseOptions(process.args, 'a t: o:');
  const [first, second] = options.operands;
  if (first === undefined && !options.has('a')) {
    for (const each of mounts.table)
      await process.stdout.line(`${each.source} on ${each.target} type ${each.type} (${each.options})`);
    return 0;
  }
  requireRoot(process);
  if (options.has('a')) return mountAll(process, mounts);
  const row = mounts
    .fstab()
    .find(({ source, target }) => second === undefined && (target === first || source === first));
  const [source = '', target = second] = row === undefined ? [first] : [row.source, row.target];
  if (target === undefined) throw new UsageError(`${source}: can't find in /etc/fstab.`, FAILED);
  try {
    mounts.mount(source, pathOf(process, target), options.value('o') ?? row?.options ?? '');
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`${target}: ${mountProblem(error, source)}`, FAILED);
  }
};

async function mountAll(process: Process, mounts: Mounts): Promise<number> {
  const failed = mounts.mountAll();
  const serious = failed.filter(({ row }) => !row.options.split(',').includes('nofail'));
  for (const { row, problem } of serious)
    await process.stderr.line(`mount: ${row.target}: ${problem}: ${row.source}.`);
  return serious.length === 0 ? 0 : FAILED;
}

function mountProblem(error: Errno, source: string): string {
  if (error.code === 'ENOENT') return `special device ${source} does not exist.`;
  if (error.code === 'EINVAL') return `wrong fs type, bad option, bad superblock on ${source}.`;
  return error.code === 'EBUSY' ? `${source} already mounted or mount point busy.` : error.message;
}

const umount: ProgramOf<DiskParts> = (process, { mounts }) => {
  const { operands } = parseOptions(process.args, 'l f');
  requireRoot(process);
  for (const operand of operands) {
    try {
      mounts.unmount(pathOf(process, operand));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new UsageError(`${operand}: not mounted.`, FAILED);
    }
  }
  return 0;
};

const mountpoint: ProgramOf<DiskParts> = async (process, { mounts }) => {
  const options = parseOptions(process.args, 'q');
  const [operand = ''] = options.operands;
  const found = mounts.table.some(({ target }) => target === pathOf(process, operand));
  if (!options.has('q')) await process.stdout.line(`${operand} is ${found ? '' : 'not '}a mountpoint`);
  return found ? 0 : FAILED;
};

const findmnt: ProgramOf<DiskParts> = async (process, { mounts }) => {
  const options = parseOptions(process.args, 'n o: T|target:');
  const columns = (options.value('o') ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').toUpperCase().split(',');
  const place = options.operands[0];
  const containing = options.value('T');
  const holding = containing === undefined ? undefined : mounts.holding(pathOf(process, containing));
  const found =
    holding === undefined
      ? mounts.table.filter((each) => place === undefined || each.target === place || each.source === place)
      : [holding];
  const value = ({ source, target, type, options: settings }: Mount): Readonly<Record<string, string>> => {
    return { SOURCE: source, TARGET: target, FSTYPE: type, OPTIONS: settings };
  };
  if (!options.has('n') && found.length > 0) await process.stdout.line(columns.join(' '));
  for (const each of found)
    await process.stdout.line(columns.map((column) => value(each)[column] ?? '').join(' '));
  return found.length > 0 ? 0 : 1;
};

/** Sizes are those of the virtual disks; what is used is what the guest's files take. */
const df: ProgramOf<DiskParts> = async (process, { disks, mounts }) => {
  const options = parseOptions(process.args, 'h T k P');
  const { fs } = process.system;
  const operands = options.operands.map((operand) => mounts.holding(pathOf(process, operand)));
  const shown = operands.length === 0 ? mounts.table : operands.filter((each) => each !== undefined);
  const human = options.has('h');
  const amount = (kibibytes: number) => (human ? readable(kibibytes) : String(kibibytes));
  const heading = human ? '     Size    Used     Avail Use%' : '1K-blocks    Used Available Use%';
  await process.stdout.line(`Filesystem     ${options.has('T') ? 'Type     ' : ''}${heading} Mounted on`);
  for (const { source, target, type } of shown) {
    const size = Math.floor((disks.at(source)?.sizeBytes ?? 0) / 1024);
    const used = target === '/' ? Math.ceil(fs.usedBytes / 1024) : 0;
    const kind = options.has('T') ? `${type.padEnd(8)} ` : '';
    const share = size === 0 ? '0%' : `${Math.ceil((used / size) * 100)}%`;
    const columns = `${amount(size).padStart(9)} ${amount(used).padStart(7)} ${amount(size - used).padStart(9)}`;
    await process.stdout.line(`${source.padEnd(14)} ${kind}${columns} ${share.padStart(4)} ${target}`);
  }
  return 0;
};

/** `df -h`: rounded up, with one digit after the point below ten. */
function readable(kibibytes: number): string {
  const units = 'KMGTP';
  let value = kibibytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  if (value === 0) return '0';
  const digits = value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value));
  return `${digits}${units.charAt(unit)}`;
}

export const mountingPrograms: Readonly<Record<string, ProgramOf<DiskParts>>> = {
  mount,
  umount,
  mountpoint,
  findmnt,
  df,
};
