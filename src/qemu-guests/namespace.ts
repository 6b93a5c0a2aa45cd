import { access } from 'node:fs/promises';
import { runProgram } from './programs.js';

/**
 * Guests are on bridges in a network namespace of their own: on a machine with a Docker engine, the engine's rules would
 * cut the traffic of bridges between guests.
 */
export function namespaceName(instance: string): string {
  return `prism-qemu-${instance}`;
}

export async function makeNamespace(instance: string): Promise<void> {
  const attempted = 'make a network namespace for guests';
  await runProgram('ip', { args: ['netns', 'add', namespaceName(instance)], attempted });
}

/** With it go its bridges and taps, and the ends of cables that are outside of it. Idempotent. */
export async function removeNamespace(instance: string): Promise<void> {
  const name = namespaceName(instance);
  try {
    await access(`/run/netns/${name}`);
  } catch {
    return;
  }
  await runProgram('ip', { args: ['netns', 'delete', name], attempted: `remove network namespace ${name}` });
}
