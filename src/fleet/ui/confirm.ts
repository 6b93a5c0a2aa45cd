import type { FleetRuntime } from './fleet-runtime.js';

/** Whether the user types yes. Without a terminal the answer is no, and `--yes` is named as the other way. */
export async function confirmed(
  { ask, complain }: FleetRuntime,
  command: string,
  question: string,
): Promise<boolean> {
  if (ask === undefined) {
    complain(`${command} asks before it removes anything; without a terminal it needs --yes`);
    return false;
  }
  const answer = await ask(`${question} Type yes: `);
  return answer.trim().toLowerCase() === 'yes';
}
