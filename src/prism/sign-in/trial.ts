import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { systemCode } from '../../support/index.js';

/** A trial whose process has not been heard of for this long is over: the process was killed. ms. */
const SILENCE = 1_500;
const HEARTBEAT = 300;

/** That one process is trying the credentials right now. */
export interface Trial {
  end(): Promise<void>;
}

/**
 * Begins the trial, unless another process is at it: then undefined. Rejects when the file cannot be written.
 * Of a trial that was killed two processes might take over at once; one more request is no harm.
 */
export async function beginTrial(path: string, now: () => number): Promise<Trial | undefined> {
  const token = randomUUID();
  try {
    await writeFile(path, token, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    if (await isSilent(path, now())) await rm(path, { force: true });
    return undefined;
  }
  const beat = async (): Promise<void> => await touch(path, now());
  await beat();
  const timer = setInterval(() => void beat(), HEARTBEAT);
  timer.unref();
  return {
    end: async () => {
      clearInterval(timer);
      const found = await readFile(path, 'utf8').catch(() => '');
      if (found === token) await rm(path, { force: true });
    },
  };
}

/** A clock that was set back would make it immortal, so its future counts as well. */
async function isSilent(path: string, now: number): Promise<boolean> {
  const at = await timeOf(path);
  return at !== undefined && Math.abs(now - at) > SILENCE;
}

/** When the file was last touched, as Date.now(); undefined when it is not there. */
export async function timeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

/** Sets the file's time; that it is gone is no fault. */
export async function touch(path: string, now: number): Promise<void> {
  await utimes(path, now / 1000, now / 1000).catch(() => undefined);
}
