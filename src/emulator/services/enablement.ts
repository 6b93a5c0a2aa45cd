import { root, type MemoryFileSystem } from '../filesystem/index.js';
import type { Unit } from './unit-loader.js';

const SYSTEM = '/etc/systemd/system';

/** The links that make a unit start with a target; `systemctl enable` makes them. */
function linksOf(unit: Unit): string[] {
  const wants = unit.wantedBy.map((target) => `${SYSTEM}/${target}.wants/${unit.name}`);
  return [...wants, ...unit.aliases.map((alias) => `${SYSTEM}/${alias}`)];
}

/** Makes the links; gives those that were missing. */
export function enable(fs: MemoryFileSystem, unit: Unit): string[] {
  const missing = linksOf(unit).filter((link) => fs.find(link, root, false) === undefined);
  for (const link of missing) {
    fs.mkdirs(link.slice(0, link.lastIndexOf('/')));
    fs.symlink(unit.path, link);
  }
  return missing;
}

/** Removes the links; gives those that were there. */
export function disable(fs: MemoryFileSystem, unit: Unit): string[] {
  const present = linksOf(unit).filter((link) => fs.find(link, root, false) !== undefined);
  for (const link of present) fs.remove(link);
  return present;
}

export function isEnabled(fs: MemoryFileSystem, unit: Unit): boolean {
  return linksOf(unit).some((link) => fs.find(link, root, false) !== undefined);
}

/** Units that start at boot. */
export function enabledAtBoot(fs: MemoryFileSystem): string[] {
  const wants = fs.find(`${SYSTEM}/multi-user.target.wants`);
  return wants?.kind === 'directory' ? [...wants.entries.keys()].sort() : [];
}
