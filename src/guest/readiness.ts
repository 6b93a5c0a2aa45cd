import { OperationError } from '../support/index.js';
import { CLOUD_INIT_STATUS_COMMAND, readCloudInitStatus } from './cloud-init-status.js';
import { openSsh, type GuestLogin, type SshSession } from './ssh-session.js';

/** What one probe of the guest found. `note` is a sentence for the user; `seen` ends "last seen: …". */
export type ReadinessProbe =
  | { readonly ready: true; readonly note?: string | undefined }
  | {
      readonly ready: false;
      /** The SSH port was open. */
      readonly reachable: boolean;
      readonly seen: string;
      /** Not to be asked again before this many ms. */
      readonly pause?: number | undefined;
    };

/** A condition that a guest fulfils some time after its power-on. The caller decides how often it is probed. */
export interface Readiness {
  /** What is waited for, as in "waiting for …". */
  readonly what: string;
  /** What the user can do when it never comes true. */
  readonly advice: string;
  /** One probe, bounded to some seconds. Rejects with an OperationError when the condition cannot come true. */
  probe(address: string, signal: AbortSignal): Promise<ReadinessProbe>;
}

/**
 * Since OpenSSH 9.8 a server punishes each refused login with 5 s, adds them up, and from 15 s on locks the
 * peer out (sshd_config, PerSourcePenalties): looking every 10 s stays below that.
 */
const AFTER_REFUSAL_MS = 10_000;

/** SSH accepts our key: TCP connection, banner and login. `reader`: what reads the user-data in the guest. */
export function sshReadiness(login: GuestLogin, reader: 'cloud-init' | 'Ignition' = 'cloud-init'): Readiness {
  return {
    what: `SSH login as "${login.user}"`,
    advice:
      `Check that this machine reaches port ${login.port} of the guest, that the image has ${reader}, ` +
      `and that it lets user "${login.user}" log in.`,
    probe: async (address, signal) => await withSession(login, address, signal, () => ({ ready: true })),
  };
}

/** cloud-init has ended well. A guest without cloud-init is ready, with a note. */
export function cloudInitReadiness(login: GuestLogin): Readiness {
  return {
    what: 'cloud-init to end',
    advice: 'Look at /var/log/cloud-init-output.log in the guest; waiting for SSH only is possible too.',
    probe: async (address, signal) =>
      await withSession(login, address, signal, async (session) => {
        const { code, stdout, stderr } = await session.run(CLOUD_INIT_STATUS_COMMAND, signal);
        const status = readCloudInitStatus(code, stdout, stderr);
        switch (status.kind) {
          case 'working':
            return { ready: false, reachable: true, seen: `cloud-init: ${status.seen}` };
          case 'done':
            return { ready: true };
          case 'absent':
            return {
              ready: true,
              note: `${status.why}: an SSH login works, so the machine counts as ready.`,
            };
          case 'degraded':
            return { ready: true, note: `cloud-init ended with recoverable errors: ${status.problem}` };
          case 'failed':
            throw cloudInitFailed(address, status.problem);
        }
      }),
  };
}

/** The paths are mounted, in a guest where cloud-init has ended: what is not mounted now will not be. */
export function mountReadiness(login: GuestLogin, paths: readonly string[]): Readiness {
  return {
    what: `${paths.join(', ')} to be mounted`,
    advice: 'Look at /var/log/cloud-init-output.log in the guest.',
    probe: async (address, signal) =>
      await withSession(login, address, signal, async (session) => {
        const { code, stdout } = await session.run('cat /proc/mounts', signal);
        if (code !== 0) return { ready: true, note: `Could not check that ${paths.join(', ')} is mounted.` };
        const mounted = new Set(stdout.split('\n').map((line) => line.split(' ')[1]));
        const missing = paths.filter((path) => !mounted.has(path));
        if (missing.length === 0) return { ready: true };
        throw notMounted(address, missing);
      }),
  };
}

function notMounted(address: string, missing: readonly string[]): OperationError {
  return new OperationError({
    code: 'task-failed',
    attempted: `format and mount disks in the guest at ${address}`,
    problem: `nothing is mounted at ${missing.join(', ')} after cloud-init has ended`,
    advice:
      'Perhaps the image has no mkfs for this file system (choose the other of xfs and ext4) or no cloud-init; ' +
      'keep the host on error to read /var/log/cloud-init-output.log.',
  });
}

function cloudInitFailed(address: string, problem: string): OperationError {
  return new OperationError({
    code: 'task-failed',
    attempted: `run cloud-init in the guest at ${address}`,
    problem: `cloud-init ended in error: ${problem}`,
    advice:
      'Correct the user-data or the image; keep the host on error to read /var/log/cloud-init-output.log, ' +
      'or wait for SSH only if the error does not matter.',
  });
}

/** One look over SSH. A session that breaks is a look that found nothing: restarts are part of a first boot. */
export async function withSession(
  login: GuestLogin,
  address: string,
  signal: AbortSignal,
  use: (session: SshSession) => ReadinessProbe | Promise<ReadinessProbe>,
): Promise<ReadinessProbe> {
  const attempt = await openSsh({ host: address, ...login }, signal);
  if (!attempt.open) {
    const { reachable, refused, seen } = attempt;
    return { ready: false, reachable, seen, pause: refused ? AFTER_REFUSAL_MS : undefined };
  }
  try {
    return await use(attempt.session);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OperationError) throw error;
    return { ready: false, reachable: true, seen: error instanceof Error ? error.message : String(error) };
  } finally {
    attempt.session.close();
  }
}
