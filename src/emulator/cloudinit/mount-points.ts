import type { Mounts } from '../disks/index.js';
import type { System } from '../os/process.js';
import { list, texts, type Mapping } from './narrow.js';

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
