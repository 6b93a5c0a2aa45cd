import {
  selfSignedCertificate,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.js';
import { ApiClient } from './api-client.js';

const running: Simulator[] = [];
/** Made once per test file: making a key takes longer than most tests. */
const certificate = selfSignedCertificate('127.0.0.1');

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

export interface Started {
  readonly simulator: Simulator;
  readonly api: ApiClient;
}

/** A simulator that ends with the test. */
export async function started(options: SimulatorOptions = {}): Promise<Started> {
  const simulator = await startSimulator({ certificate, ...options });
  running.push(simulator);
  return { simulator, api: new ApiClient(simulator) };
}
