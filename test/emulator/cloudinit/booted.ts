import { CloudInit } from '../../../src/emulator/cloudinit/index.js';
import type { GuestSystem } from '../../../src/emulator/guest/guest-system.js';
import { runningSystem, type SystemOptions } from '../running-system.js';

/** A system on which cloud-init ran to its end. */
export async function booted(userData: string, options: SystemOptions = {}): Promise<GuestSystem> {
  const { system } = runningSystem({ ...options, spec: { userData, ...options.spec } });
  const cloudInit = new CloudInit(system);
  await cloudInit.early();
  await cloudInit.late();
  return system;
}
