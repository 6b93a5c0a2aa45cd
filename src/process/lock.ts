import { link, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { createFile, hasCode, hasSystemCode, OperationError, poll, type Clock } from '../support/index.js';
import { hasEnded, isAlive, isInSight, processIdentity, startOf } from './process-identity.js';

interface Holder {
  readonly pid: number;
  /** When the process began, as far as the system tells: a number that was given anew is another process. */
  readonly start: string | undefined;
  /** The process itself (see `processIdentity`), so that one in another container is not taken for a dead one. */
  readonly process: string | undefined;
  readonly host: string;
  readonly since: string;
  readonly command: string;
}

/** A lock that this process holds. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * One process at a time. A lock whose process is gone is taken over. Rejects with `conflict`, naming the holder.
 * The file appears with its content in one step, so half a lock is never read. `command`: what it is held for;
 * `locked`: what the file stands for; both for the error of others.
 */
export async function takeLock(path: string, command: string, locked: string): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = textFor(command);
  for (;;) {
    const written = await created(path, text);
    if (written !== undefined) return { release: () => release(path, written) };
    await removeStale(path, locked);
  }
}

/** Of this process, by folder: a file that can be linked to be a lock there, and its text. */
const spares = new Map<string, { readonly path: string; readonly text: string }>();
const SPARE = '.spare';

/**
 * From now on this process can take locks in a folder whose disk is full, too: a link to a file that was made while there
 * was room takes none. Those that processes have left which are gone are taken away. To be given back by `dropSpareLock`.
 */
export async function keepSpareLock(folder: string, command: string): Promise<void> {
  if (spares.has(folder)) return;
  const spare = { path: join(folder, `${crypto.randomUUID()}${SPARE}`), text: textFor(command) };
  spares.set(folder, spare);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      if (name.endsWith(SPARE)) await removeStale(join(folder, name), '').catch(unlessHeld);
    }
    await createFile(spare.path, spare.text, 0o600, { needsLink: true });
  } catch (error) {
    spares.delete(folder);
    throw error;
  }
}

export async function dropSpareLock(folder: string): Promise<void> {
  const spare = spares.get(folder);
  spares.delete(folder);
  if (spare !== undefined) await rm(spare.path, { force: true });
}

function textFor(command: string): string {
  const me: Holder = {
    pid: process.pid,
    start: startOf(process.pid),
    process: processIdentity(),
    host: hostname(),
    since: new Date().toISOString(),
    command,
  };
  return JSON.stringify(me);
}

function unlessHeld(error: unknown): void {
  if (!hasCode(error, 'conflict')) throw error;
}

/** How often a lock is looked at that another process holds, ms. */
const RETRY = 200;

/** The same, waiting until the lock is free. */
export async function waitForLock(
  path: string,
  command: string,
  locked: string,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal | undefined },
): Promise<Lock> {
  return await poll<Lock>(
    async () => {
      try {
        return { ready: true, value: await takeLock(path, command, locked) };
      } catch (error) {
        if (!hasCode(error, 'conflict')) throw error;
        return { ready: false };
      }
    },
    { clock, signal, delays: () => RETRY },
  );
}

/** The text of the lock that is there now and ours; undefined = there is another one. */
async function created(path: string, text: string): Promise<string | undefined> {
  try {
    return await createFile(path, text, 0o600, { needsLink: true }).then(
      () => text,
      async (error: unknown) => await linked(path, error),
    );
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return undefined;
    throw error;
  }
}

/** The text of the spare lock that is linked where there was no room for one; rejects with `error` when there is none. */
async function linked(path: string, error: unknown): Promise<string> {
  const spare = hasSystemCode(error, 'ENOSPC', 'EDQUOT') ? spares.get(dirname(path)) : undefined;
  if (spare === undefined) throw error;
  await link(spare.path, path).catch((cause: unknown) => {
    throw hasSystemCode(cause, 'EEXIST') ? cause : error;
  });
  return spare.text;
}

/** Resolves when the lock that was there is gone; rejects when its holder lives. */
async function removeStale(path: string, locked: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const holder = parse(text);
  if (holder !== undefined && holds(holder)) throw heldBy(path, locked, holder);
  await takeAway(path, text);
}

/**
 * The text of a lock whose process cannot be seen from here, so that `takeLock` believes it for ever: it is on another
 * computer or in another container, as after each start of a container anew. undefined = there is no such lock.
 */
export async function lockOutOfSight(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const holder = text === undefined ? undefined : parse(text);
  if (holder === undefined || !holds(holder)) return undefined;
  const { host, process: identity } = holder;
  const isSeen = host === hostname() && (identity === undefined || isInSight(identity));
  return isSeen ? undefined : text;
}

/** Removes a lock with this text, whose process is known to be gone from elsewhere; another one stays. */
export async function breakLock(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) await takeAway(path, text);
}

async function takeAway(path: string, text: string): Promise<void> {
  // Another process may have done the same in between and hold the lock by now: what was moved away is
  // compared, and a living lock goes back.
  const aside = `${path}.${crypto.randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => text);
  if (moved !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function parse(text: string): Holder | undefined {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null) return undefined;
    const members = new Map<string, unknown>(Object.entries(content));
    const textOf = (name: string): string | undefined => {
      const value = members.get(name);
      return typeof value === 'string' ? value : undefined;
    };
    const pid = members.get('pid');
    const [host, since, command] = [textOf('host'), textOf('since'), textOf('command')];
    if (typeof pid !== 'number' || host === undefined || since === undefined || command === undefined) {
      return undefined;
    }
    return { pid, start: textOf('start'), process: textOf('process'), host, since, command };
  } catch {
    return undefined;
  }
}

/** A process on another machine cannot be checked, so it counts as alive. */
function holds({ pid, start, host, process: identity }: Holder): boolean {
  if (host !== hostname()) return true;
  if (identity !== undefined) return !hasEnded(identity);
  if (!isAlive(pid)) return false;
  const now = startOf(pid);
  return start === undefined || now === undefined || start === now;
}

function heldBy(path: string, locked: string, { pid, host, since, command }: Holder): OperationError {
  return new OperationError({
    code: 'conflict',
    attempted: 'begin',
    problem: `process ${pid} on ${host} is at work on ${locked} since ${since} (${command})`,
    advice: `Wait for it; if that process is gone for good, remove ${path}.`,
  });
}

async function release(path: string, text: string): Promise<void> {
  const now = await readFile(path, 'utf8').catch(() => undefined);
  if (now === text) await rm(path, { force: true });
}
