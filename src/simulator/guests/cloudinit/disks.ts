import type { System } from '../system/system.js';
import { isMapping, list, text, texts, truth, type Mapping } from './narrow.js';

const FSTAB = '/etc/fstab';
const MARK = 'comment=cloudconfig';

/** `fs_setup:` for whole disks: formats what has no file system, or what may be overwritten. Gives warnings. */
export function makeFileSystems({ disks }: System, config: Mapping): string[] {
  const warnings: string[] = [];
  for (const entry of list(config['fs_setup']).filter(isMapping)) {
    const path = text(entry['device']) ?? '';
    const device = disks.at(path);
    if (device === undefined) {
      warnings.push(`Failed during filesystem operation: device ${path} not found`);
      continue;
    }
    if (device.content.fileSystem !== undefined && !truth(entry['overwrite'], false)) continue;
    disks.format(device, text(entry['filesystem']) ?? 'ext4', text(entry['label']) ?? '');
  }
  return warnings;
}

/** `mounts:`: rows for /etc/fstab, then everything in it is mounted. Gives warnings. */
export function applyMounts(system: System, config: Mapping): string[] {
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
    lines.push([device, target, type, `${options},${MARK}`, dump, pass].join('\t'));
  }
  if (lines.length === 0) return warnings;
  const before = system.fs.readText(FSTAB).split('\n');
  const others = before.filter((line) => line !== '' && !line.includes(MARK));
  system.fs.writeFile(FSTAB, [...others, ...lines, ''].join('\n'));
  const failed = system.mounts.mountAll();
  return [
    ...warnings,
    ...failed.map(({ row, problem }) => `Failed to mount ${row.source} at ${row.target}: ${problem}`),
  ];
}
