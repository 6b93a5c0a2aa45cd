import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesOf, textIn } from '../devices/block-devices.js';

const MOST_NAMED = 5;

/** Processes that keep a mount busy, as `mysqld (4711)`: by their working folders, programs and open files. */
export async function holdersOf(proc: string, target: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const process of await entriesOf(proc)) {
    if (!/^\d+$/.test(process) || found.length === MOST_NAMED) continue;
    const folder = join(proc, process);
    if (await reachesInto(folder, target)) {
      const name = (await textIn(join(folder, 'comm'))) ?? '?';
      found.push(`${name} (${process})`);
    }
  }
  return found;
}

async function reachesInto(folder: string, target: string): Promise<boolean> {
  const open = (await entriesOf(join(folder, 'fd'))).map((number) => join('fd', number));
  for (const link of ['cwd', 'root', 'exe', ...open]) {
    const path = await readlink(join(folder, link)).catch(() => '');
    if (path === target || path.startsWith(`${target}/`)) return true;
  }
  return false;
}
