import { constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';

/**
 * Writes to a file of sysfs by which the kernel is told something, such as `device/delete`. These files can only be written
 * to: opened for reading as well they are EACCES, for root too. Not made where it is missing: ENOENT.
 */
export async function writeSysfs(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: constants.O_WRONLY });
}
