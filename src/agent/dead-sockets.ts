import type { Dirent } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSocketAnswered } from '../process/index.js';
import { markOf } from './start-agent.js';

/** A younger socket may be that of an agent which has made it and does not listen yet, ms; so with the mark of a start. */
const YOUNG = 10_000;

/**
 * Removes what killed agents of other builds have left beside this agent's socket: sockets at which none listens, and marks of
 * starts that came to nothing. Each build has names of its own, so that no later agent comes upon them. Whatever fails stays.
 */
export async function removeDeadSockets(socketPath: string): Promise<void> {
  const folder = dirname(socketPath);
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (path === socketPath || path === markOf(socketPath)) continue;
    if (!entry.isSocket() && !entry.name.endsWith('.start')) continue;
    try {
      if (Date.now() - (await lstat(path)).mtimeMs < YOUNG) continue;
      if (!entry.isSocket() || !(await isSocketAnswered(path))) await rm(path, { force: true });
    } catch {
      // Another agent was quicker, or this one may not.
    }
  }
}
