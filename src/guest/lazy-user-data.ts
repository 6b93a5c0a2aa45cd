import type { GuestSetup } from './guest-setup.js';

/**
 * `composeUserData`, loaded when it is first needed: its YAML library costs some milliseconds in every process
 * that only asks for the state of a host, and `docker-machine ls` starts one of those for each machine.
 */
export async function composeUserData(setup: GuestSetup, given?: string): Promise<string> {
  const { composeUserData: compose } = await import('./user-data.js');
  return compose(setup, given);
}
