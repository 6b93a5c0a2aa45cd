import { randomUUID } from 'node:crypto';
import { startSimulator, type SavedState } from '../../src/simulator/index.js';
import { ApiClient } from './api-client.js';
import { madeVm } from './vm-bodies.js';

/** The state of a simulator with so many VMs, `host-0` and up: copies of one, as making each takes a while. */
export async function stateWithVms(count: number): Promise<SavedState> {
  const simulator = await startSimulator();
  await madeVm(new ApiClient(simulator));
  const state = simulator.save();
  await simulator.close();
  const vms = state.vms.flatMap((vm) =>
    Array.from({ length: count }, (_, index) => ({
      ...vm,
      uuid: randomUUID(),
      name: `host-${String(index)}`,
    })),
  );
  return { ...state, vms };
}
