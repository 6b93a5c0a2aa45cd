import { readFile } from 'node:fs/promises';
import { systemCode } from '../support/index.js';

/** Whether a process, or with a negative number a process group, exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is a process.
    return systemCode(error) === 'EPERM';
  }
}

/** When a process began (clock ticks since boot); undefined where the system has no /proc. */
export async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the name in brackets and may contain anything; the 22nd is the start.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

/** The command line of a process, words separated by blanks; undefined when it cannot be known. */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return text === undefined || text === '' ? undefined : text.replaceAll('\0', ' ').trim();
}

export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}
