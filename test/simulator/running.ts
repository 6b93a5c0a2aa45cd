import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/index.js';
import { ApiClient } from './api-client.js';
import { loopbackCertificate } from './loopback-certificate.js';

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

export interface Started {
  readonly simulator: Simulator;
  readonly api: ApiClient;
}

/** A simulator that ends with the test. */
export async function started(options: SimulatorOptions = {}): Promise<Started> {
  const simulator = await startSimulator({ certificate: loopbackCertificate(), ...options });
  running.push(simulator);
  return { simulator, api: new ApiClient(simulator) };
}
