import type { GuestSetup, UserDataForm } from './guest-setup.js';

/**
 * `userDataFor`, loaded when it is first needed: its YAML library costs some milliseconds in every process
 * that only asks for the state of a host, and `docker-machine ls` starts one of those for each machine.
 */
export async function composeUserData(
  setup: GuestSetup,
  given?: string,
  form?: UserDataForm,
): Promise<string> {
  const { userDataFor } = await import('./user-data.js');
  return userDataFor(setup, given, form);
}

/**
 * Why user-data makes no Docker host, if it turns the guest off for certain; seen in plain cloud-config only. What
 * is in other forms, or depends on a command in the guest, is found in the guest.
 */
export async function powerOffProblem(given: string): Promise<string | undefined> {
  if (!/\bpower_state\b/.test(given)) return undefined;
  const { recogniseUserData } = await import('./user-data-format.js');
  const format = recogniseUserData(given);
  if (format.kind !== 'cloud-config') return undefined;
  const { powerStateOf } = await import('./power-state.js');
  const state = powerStateOf(format.text);
  if (state === undefined || state.mode === 'reboot' || state.condition !== 'always') return undefined;
  return `its power_state with mode "${state.mode}" turns the guest off when cloud-init has ended, and Docker could not be installed`;
}
