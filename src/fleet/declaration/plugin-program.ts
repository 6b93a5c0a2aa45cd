import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { VolumePlugin } from './volume-plugin.js';

/** Name of the executable, and of the plugin's service on hosts. */
export const PLUGIN_PROGRAM = 'nutanix-volume';

/** An executable that is this program, too, when it is named so. */
const ALL_PROGRAMS = 'nutanix-docker';

/** The executable that hosts get: the one that the file names, or the one beside this program. */
export async function findPluginProgram({
  program,
}: Pick<VolumePlugin, 'program'>): Promise<{ readonly path: string } | { readonly problem: string }> {
  if (program !== undefined) {
    if (await isReadable(program)) return { path: program };
    return { problem: `the volume plugin ${program} cannot be read` };
  }
  const folder = dirname(process.execPath);
  for (const path of [join(folder, PLUGIN_PROGRAM), join(folder, ALL_PROGRAMS)]) {
    if (await isReadable(path)) return { path };
  }
  const where = 'there is none beside this program: name one with program';
  return { problem: `the volume plugin ${join(folder, PLUGIN_PROGRAM)} cannot be read, and ${where}` };
}

async function isReadable(path: string): Promise<boolean> {
  return await access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** SHA-256 of a file, in hexadecimal digits. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
