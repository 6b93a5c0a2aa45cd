import { lstat, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hasSystemCode, limitTimer, OperationError } from '../support/index.js';

/** Bytes that Linux has for the path of a socket, without the zero behind it. Programs cut longer ones silently (volumes.md 5). */
export const LONGEST_SOCKET_PATH = 107;
/** Answers or refuses at once where a process is; longer means that it hangs and lives. ms. */
const PROBE_LIMIT = 2_000;

/**
 * A process that was killed while it started a program may have left a copy of itself that has not become that program yet,
 * and has its socket until then: so often a socket has to answer, with pauses of so many ms between, before its process counts
 * as alive. These are 1.5 s, in which the copy does go on: by a clock they would pass while the whole computer stands still.
 */
const PROBES = 30;
const PROBE_PAUSE = 50;

/**
 * Makes the folder of a socket, and takes away a socket that a process which is gone has left there. Rejects with
 * `conflict`, and this advice, when a process answers there, `invalid-input` when something else is there.
 */
export async function makeWayForSocket(path: string, attempted: string, advice: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    if (!(await lstat(path)).isSocket()) {
      const problem = 'there is something else than a socket';
      throw new OperationError({ code: 'invalid-input', attempted, problem });
    }
    if (await isSocketKept(path)) {
      const problem = 'another process answers there';
      throw new OperationError({ code: 'conflict', attempted, problem, advice });
    }
    await rm(path);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return;
    if (error instanceof OperationError) throw error;
    throw OperationError.from(error, attempted).with({ code: 'invalid-input' });
  }
}

/** Whether a process listens there, and goes on to. */
async function isSocketKept(path: string): Promise<boolean> {
  for (let probe = 0; probe < PROBES; probe += 1) {
    if (!(await isSocketAnswered(path))) return false;
    await pause(PROBE_PAUSE);
  }
  return true;
}

/** Whether a process listens at the path of a unix socket. Rejects when that cannot be known. */
export async function isSocketAnswered(path: string): Promise<boolean> {
  const { connect } = await import('node:net');
  return await new Promise<boolean>((resolve, reject) => {
    const probe = connect({ path });
    const end = (settle: () => void): void => {
      timer.clear();
      probe.destroy();
      settle();
    };
    const timer = limitTimer(PROBE_LIMIT, () => end(() => resolve(true)));
    probe.once('connect', () => end(() => resolve(true)));
    probe.once('error', (error) => {
      // Reset: its process has ended before it accepted this connection.
      if (hasSystemCode(error, 'ECONNREFUSED', 'ENOENT', 'ECONNRESET')) end(() => resolve(false));
      // The backlog of a living process is full.
      else if (hasSystemCode(error, 'EAGAIN')) end(() => resolve(true));
      else end(() => reject(error));
    });
  });
}
