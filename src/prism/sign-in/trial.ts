import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hasEnded, isInSight, processIdentity } from '../../process/index.js';
import { systemCode } from '../../support/index.js';

/** Pause between two signs that the process of a trial lives, ms. */
const HEARTBEAT = 300;
/**
 * After so many looks in a row at which nothing had changed, a trial is taken over: of a process that has ended; of one that cannot
 * be seen from here; and of one that is there and hangs. Looks, and not time: on a computer that stands still for seconds
 * the process that looks has stood still, too, and time alone would have it take over from one that lives.
 */
const UNCHANGED_LOOKS = { ended: 25, outOfSight: 75, hangs: 250 } as const;
/** After so many more, the process that was to take over has ended, too. */
const NOT_TAKEN_OVER = 250;

/** That one process is trying the credentials right now. */
export interface Trial {
  end(): Promise<void>;
}

/**
 * For one process that waits for its turn to try the credentials. What is returned is to be called every 20 ms or so: each call
 * begins the trial, or is a look at the one that another process is at, and then resolves with undefined. It rejects when the
 * file cannot be written. `now`: Date.now() for the times of files.
 */
export function trialAt(path: string, now: () => number): () => Promise<Trial | undefined> {
  const own = `${processIdentity()} ${randomUUID()}`;
  let [seen, unchanged] = ['', 0];
  return async () => {
    const trial = await begun(path, own, now);
    if (trial !== undefined) return trial;
    const [text, touched] = await Promise.all([readFile(path, 'utf8').catch(() => ''), timeOf(path)]);
    const found = `${text} ${String(touched)}`;
    unchanged = found === seen ? unchanged + 1 : 0;
    seen = found;
    const limit = unchanged < UNCHANGED_LOOKS.ended ? Infinity : longestSilence(text);
    if (unchanged >= limit) await takeAway(path, text, unchanged >= limit + NOT_TAKEN_OVER);
    return undefined;
  };
}

/** Looks. */
function longestSilence(text: string): number {
  const [identity = ''] = text.split(' ');
  if (hasEnded(identity)) return UNCHANGED_LOOKS.ended;
  return isInSight(identity) ? UNCHANGED_LOOKS.hangs : UNCHANGED_LOOKS.outOfSight;
}

/**
 * Removes the file of a trial that is over. Many may want to, and one that comes late would remove that of the next trial: a
 * second file, which is left until the folder is swept, is for the one that does it.
 */
async function takeAway(path: string, text: string, evenIfTaken: boolean): Promise<void> {
  const over = `${path}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  try {
    await writeFile(over, '', { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    if (!evenIfTaken) return;
  }
  await removeIf(path, text);
}

async function removeIf(path: string, text: string): Promise<void> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === text) await rm(path, { force: true });
}

/** undefined when there is a trial already. */
async function begun(path: string, text: string, now: () => number): Promise<Trial | undefined> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return undefined;
  }
  const beat = async (): Promise<void> => await touch(path, now());
  await beat();
  const timer = setInterval(() => void beat(), HEARTBEAT);
  timer.unref();
  return {
    end: async () => {
      clearInterval(timer);
      await removeIf(path, text);
    },
  };
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
