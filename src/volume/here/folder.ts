import { chmod, chown, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSystemCode, OperationError } from '../../support/index.js';
import type { VolumeTag } from '../identity/tag.js';

/** The folder of a file system that is handed out: Docker fills an empty volume only, and ext4 begins with lost+found. */
const DATA = 'data';
/** Says that the files are in `data`. Without it the file system was not made by this program, and all of it is the volume. */
const MARKER = '.nutanix-volume';
const MARKER_TEXT = `The files of this volume are in the folder ${DATA}. Written by nutanix-volume; do not remove.\n`;
/** It gets its owner and mode before it gets its name, so that it is never seen without them. */
const DRAFT = `${DATA}.new`;

/**
 * The folder of a mounted file system that is the volume. In one that was made for this volume it is made at the first
 * mount, with owner and mode; later those are its users' business.
 */
export async function folderOfVolume(
  root: string,
  tag: VolumeTag | undefined,
  attempted: string,
): Promise<string> {
  try {
    const names = (await readdir(root)).filter((name) => name !== 'lost+found');
    const data = join(root, DATA);
    if (names.includes(MARKER)) {
      if ((await stat(data)).isDirectory()) return data;
      const problem = `${DATA} in its file system is no folder`;
      throw new OperationError({ code: 'conflict', attempted, problem });
    }
    const isOurs = tag?.fs !== undefined && names.every((name) => name === DATA || name === DRAFT);
    if (!isOurs) return root;
    if (!names.includes(DATA)) await makeData(root, tag);
    await writeFile(join(root, MARKER), MARKER_TEXT, { mode: 0o444, flush: true });
    await synced(root);
    return data;
  } catch (error) {
    throw OperationError.from(error, `${attempted}, look into its file system`);
  }
}

async function makeData(root: string, { owner, mode }: VolumeTag): Promise<void> {
  const draft = join(root, DRAFT);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  if (owner !== undefined) await chown(draft, owner.uid, owner.gid);
  await chmod(draft, mode ?? 0o755);
  await rename(draft, join(root, DATA));
}

async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!hasSystemCode(error, 'EINVAL')) throw error;
  } finally {
    await handle.close();
  }
}
