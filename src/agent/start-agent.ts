import { spawn } from 'node:child_process';
import { lstatSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSocketAnswered } from '../process/index.js';
import { hasSystemCode } from '../support/index.js';

/** Variables that the agent itself has: none of a client's settings, and so none of its secrets. */
const KEPT = /^(HOME|PATH|USER|LOGNAME|TMPDIR|LANG|TZ|SSLKEYLOGFILE|(NODE|BUN)_.*)$/;
/**
 * The runtime's last compiler takes more time of the processor for a function than the sessions of an agent win by it. Ratios
 * are in docs/agent.md; a user's own value counts.
 */
const TUNING = { BUN_JSC_useFTLJIT: '0' };
/** One who starts it keeps others from it until it is ready, but only for so long, ms; after that, it is tried again. */
const BEING_STARTED = 10_000;

/**
 * Starts the agent for the launchers to come, unless another process has just done so: detached, with no file of this process
 * open. Whatever fails, this process does not need it.
 */
export async function startAgent(
  program: string,
  socketPath: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  try {
    mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
    // In /tmp, another user may have made it, or a link of that name.
    if (!isPrivate(dirname(socketPath))) return;
    const mark = markOf(socketPath);
    if (!isFirst(mark)) return;
    // What is left of one that was killed; a living one is not taken away.
    if (await isSocketAnswered(socketPath)) {
      rmSync(mark, { force: true });
      return;
    }
    rmSync(socketPath, { force: true });
    const kept = Object.entries(environment).filter(([name]) => KEPT.test(name));
    const agent = spawn(program, ['agent', socketPath], {
      argv0: 'docker-machine-driver-nutanix', // the file may be several programs, of which a name makes it one
      cwd: '/',
      detached: true,
      env: { ...TUNING, ...Object.fromEntries(kept) },
      stdio: 'ignore',
    });
    agent.on('error', () => undefined);
    agent.unref();
  } catch {
    // A full disk, a folder that is not ours any more: then there is no agent.
  }
}

/** The file that says that an agent is being started. */
export function markOf(socketPath: string): string {
  return `${socketPath}.start`;
}

/** A folder of this user, which no other one can look into. */
export function isPrivate(path: string): boolean {
  try {
    const folder = lstatSync(path);
    return folder.isDirectory() && (folder.mode & 0o077) === 0 && folder.uid === process.getuid?.();
  } catch {
    return false;
  }
}

function isFirst(mark: string): boolean {
  try {
    writeFileSync(mark, '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (!hasSystemCode(error, 'EEXIST')) return false;
    if (Date.now() - statSync(mark).mtimeMs < BEING_STARTED) return false;
    rmSync(mark, { force: true });
    return isFirst(mark);
  }
}
