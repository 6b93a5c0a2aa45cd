import { CloudInit } from '../../../src/emulator/cloudinit/index.js';
import type { System } from '../../../src/emulator/guest/guest-system.js';
import { runningSystem, type SystemOptions } from '../running-system.js';

/** A system on which cloud-init ran to its end. */
export async function booted(userData: string, options: SystemOptions = {}): Promise<System> {
  const { system } = runningSystem({ ...options, spec: { userData, ...options.spec } });
  const cloudInit = new CloudInit(system);
  await cloudInit.early();
  await cloudInit.late();
  return system;
}
