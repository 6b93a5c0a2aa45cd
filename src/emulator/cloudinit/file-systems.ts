import type { Mounts, BlockDevice, BlockDevices } from '../disks/index.js';
import type { System } from '../os/process.js';
import { list, texts, type Mapping, isMapping, text, truth } from './narrow.js';

const FSTAB = '/etc/fstab';
const COMMENT = 'comment=cloudconfig';

/** `mounts:`: rows for /etc/fstab, then everything in it is mounted. Gives warnings. */
export function applyMounts(system: System & { readonly mounts: Mounts }, config: Mapping): string[] {
  const rows = list(config['mounts'])
    .map(texts)
    .filter(([source = '', target = '']) => source !== '' && target !== '');
  const warnings: string[] = [];
  const lines: string[] = [];
  for (const [
    source = '',
    target = '',
    type = 'auto',
    options = 'defaults,nofail',
    dump = '0',
    pass = '2',
  ] of rows) {
    const device = system.mounts.deviceFor(source);
    if (system.fs.find(device) === undefined && !/^(LABEL|UUID)=/.test(source)) {
      warnings.push(`Ignoring nonexistent named mount ${source}`);
      continue;
    }
    lines.push([device, target, type, `${options},${COMMENT}`, dump, pass].join('\t'));
  }
  if (lines.length === 0) return warnings;
  const before = system.fs.readText(FSTAB).split('\n');
  const others = before.filter((line) => line !== '' && !line.includes(COMMENT));
  system.fs.writeFile(FSTAB, [...others, ...lines, ''].join('\n'));
  const failed = system.mounts.mountAll();
  return [
    ...warnings,
    ...failed.map(({ row, problem }) => `Failed to mount ${row.source} at ${row.target}: ${problem}`),
  ];
}

/**
 * `fs_setup:` with the decisions of cc_disk_setup.mkfs, which are the same in cloud-init 22.4 and 26.2. Gives
 * warnings. What is on a disk counts only where `partition` makes cloud-init look: with `partition: none` it
 * formats whatever is there, `overwrite: false` or not.
 */
export function makeFileSystems({ disks }: { readonly disks: BlockDevices }, config: Mapping): string[] {
  return list(config['fs_setup'])
    .filter(isMapping)
    .flatMap((entry) => makeFileSystem(disks, entry) ?? []);
}

/** The warning, if there is one. */
function makeFileSystem(disks: BlockDevices, entry: Mapping): string | undefined {
  const path = text(entry['device']) ?? '';
  const named = disks.at(path);
  if (named === undefined) return `Failed during filesystem operation: device ${path} not found`;
  const type = text(entry['filesystem']);
  const label = text(entry['label']);
  // A missing key is `any`; a key without value is Python's None and so `none`.
  const partition = 'partition' in entry ? (text(entry['partition']) ?? 'none') : 'any';
  let device: BlockDevice | undefined = named;
  if (partition === '' || /^\d+$/.test(partition)) {
    device = partition === '' ? named : disks.at(`${path}${partition}`);
    if (device === undefined) return `Path ${path}${partition} does not exist or is not a block device`;
    const isWanted = device.content.fileSystem?.type === type && labelOf(device) === label;
    if (isWanted && !truth(entry['overwrite'], false)) return undefined;
  } else if (/^(auto|any)$/i.test(partition)) {
    const found = findDevice(disks, named, { type, label, replace: text(entry['replace_fs']) }, partition);
    if (found === 'none') return 'Failed to find device during available device search.';
    if (found === 'reuse') return undefined;
    device = found;
  } else if (partition.toLowerCase() !== 'none') return undefined;
  if (type === undefined) {
    return `Failed during filesystem operation: No way to create filesystem '${label ?? 'None'}'. fs_type or fs_cmd must be set.`;
  }
  disks.format(device, type, label ?? '');
  return undefined;
}

interface Wanted {
  readonly type: string | undefined;
  readonly label: string | undefined;
  /** A file system of this type gives way. */
  readonly replace: string | undefined;
}

/** cc_disk_setup.find_device_node: the disk itself and its partitions, in the order of lsblk. */
function findDevice(
  { all }: BlockDevices,
  named: BlockDevice,
  wanted: Wanted,
  partition: string,
): BlockDevice | 'reuse' | 'none' {
  const byLabel = partition.toLowerCase() === 'auto';
  let inUse = false;
  for (const device of all.filter((one) => one === named || one.parent === named.name)) {
    const type = device.content.fileSystem?.type ?? '';
    if (!byLabel && type === wanted.replace) return device;
    if (type === wanted.type && (!byLabel || (labelOf(device) ?? '') === (wanted.label ?? '')))
      return 'reuse';
    const isPartition = device.parent !== undefined;
    if (isPartition || type !== '') inUse = true;
    if (isPartition && type === '') return device;
  }
  return inUse ? 'none' : named;
}

function labelOf({ content }: BlockDevice): string | undefined {
  const label = content.fileSystem?.label;
  return label === '' ? undefined : label;
}
