import { CloudInit } from '../../../../src/simulator/guests/cloudinit/index.js';
import type { System } from '../../../../src/simulator/guests/system/system.js';
import { runningSystem, type SystemOptions } from '../running-system.js';

/** A system on which cloud-init ran to its end. */
export async function booted(userData: string, options: SystemOptions = {}): Promise<System> {
  const { system } = runningSystem({ ...options, spec: { userData, ...options.spec } });
  const cloudInit = new CloudInit(system);
  await cloudInit.early();
  await cloudInit.late();
  return system;
}
