import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { VolumePlugin } from './volume-plugin.js';

/** Name of the executable, and of the plugin's service on hosts. */
export const PLUGIN_PROGRAM = 'nutanix-volume';

/** The executable that hosts get: the one that the file names, or the one beside this program. */
export async function findPluginProgram({
  program,
}: Pick<VolumePlugin, 'program'>): Promise<{ readonly path: string } | { readonly problem: string }> {
  const path = program ?? join(dirname(process.execPath), PLUGIN_PROGRAM);
  try {
    await access(path, constants.R_OK);
    return { path };
  } catch {
    const where = program === undefined ? 'there is none beside this program: name one with program' : '';
    return { problem: `the volume plugin ${path} cannot be read${where === '' ? '' : `, and ${where}`}` };
  }
}

/** SHA-256 of a file, in hexadecimal digits. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
