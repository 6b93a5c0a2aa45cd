import type { CommandRunner } from './command/command-runner.js';

/** PID 1 answers between two of its jobs, ms. */
const LIMIT = 10_000;
/** systemctl(1): 0 = running; any other state is told with 1. */
const ANSWERS = [0, 1];

/**
 * Whether systemd has begun to stop everything: reboot, power off, halt. False where there is no systemctl; rejects where
 * that does not answer.
 */
export async function isGoingDown(runner: CommandRunner): Promise<boolean> {
  if ((await runner.find('systemctl')) === undefined) return false;
  const signal = AbortSignal.timeout(LIMIT);
  const attempted = 'find out whether this host is going down';
  const request = {
    program: 'systemctl',
    args: ['is-system-running'],
    attempted,
    signal,
    answers: ANSWERS,
  } as const;
  const { stdout } = await runner.run(request);
  return stdout.trim() === 'stopping';
}
