import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The file that a runner starts, whatever the plugin is called. */
export const STARTED_FILE = process.platform === 'win32' ? 'plugin.exe' : 'plugin';

/** How this program was started. */
export interface StartedProgram {
  /** Full path of the file that runs. With a C library beside the program it is that one's loader. */
  readonly executable: string;
  /** Its first argument (argv[0]), as the starter of the image sets it (starter.c). */
  readonly name: string;
}

/** Full paths of all files that are this program, by the names that they have where a runner starts it. */
export async function programFiles({
  executable,
  name,
}: StartedProgram): Promise<ReadonlyMap<string, string>> {
  const folder = dirname(executable);
  const hasStarter = name === join(folder, STARTED_FILE) && basename(executable) !== STARTED_FILE;
  // Elsewhere, as in /usr/local/bin, what is beside it is none of its.
  if (!hasStarter) return new Map([[STARTED_FILE, executable]]);
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(files.map((file) => [file.name, join(folder, file.name)]));
}
