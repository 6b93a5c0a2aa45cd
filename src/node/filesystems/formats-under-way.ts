import { basename, join } from 'node:path';
import { entriesOf, textIn } from '../devices/block-devices.js';

/**
 * Processes that make a file system on this device, as `mkfs.ext4 (4711)`: a mkfs lives on when the process that has
 * started it is killed. Empty where processes cannot be seen.
 */
export async function formatsUnderWay(proc: string, device: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const process of await entriesOf(proc)) {
    if (!/^\d+$/.test(process)) continue;
    const [program = '', ...args] = ((await textIn(join(proc, process, 'cmdline'))) ?? '').split('\0');
    const name = basename(program);
    if (name.startsWith('mkfs.') && args.includes(device)) found.push(`${name} (${process})`);
  }
  return found;
}
