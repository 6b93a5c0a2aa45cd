import { createContainerGuests } from '../../../../src/simulator/guests/container/index.js';
import type { GuestBackend, GuestEvents, GuestSpec } from '../../../../src/simulator/guests/index.js';
import { systemClock, type Logger } from '../../../../src/support/index.js';
import { FakeEngine } from './fake-engine.js';

export const SPEC: GuestSpec = {
  vmUuid: '0f3c5a1e-1111-4222-8333-444455556666',
  name: 'web-1',
  userData: undefined,
  metaData: undefined,
  memoryMiB: 1024,
  cpus: 1,
  nics: [
    {
      uuid: 'n1',
      macAddress: '50:6b:8d:01:02:03',
      address: '10.9.0.10',
      prefixLength: 24,
      subnetUuid: 's1',
      gateway: '10.9.0.1',
    },
  ],
  disks: [],
};
export const UNMANAGED = {
  uuid: 'n2',
  macAddress: '50:6b:8d:01:02:04',
  address: undefined,
  prefixLength: undefined,
};

/** Container guests in an engine of the test's own making. */
export class Rig {
  readonly warnings: string[] = [];
  /** What guests told the outside. */
  readonly heard: string[] = [];
  readonly events: GuestEvents = {
    addressLearned: (nic, ip) => this.heard.push(`${nic} has ${ip}`),
    poweredOff: () => this.heard.push('off'),
  };

  readonly engine = new FakeEngine();
  #backend: GuestBackend | undefined;

  private constructor() {
    // start() goes on where this cannot wait.
  }

  static async start(): Promise<Rig> {
    const rig = new Rig();
    await rig.engine.start();
    const ignore = (): void => undefined;
    const logger: Logger = { debug: ignore, info: ignore, warn: (line) => rig.warnings.push(line) };
    const { dockerHost } = rig.engine;
    rig.#backend = await createContainerGuests({ dockerHost, clock: systemClock, logger });
    return rig;
  }

  get backend(): GuestBackend {
    if (this.#backend === undefined) throw new Error('not started');
    return this.#backend;
  }

  get running(): boolean {
    return this.engine.only.running;
  }

  /** How many requests ended like this. */
  count(end: string): number {
    return this.engine.asked.filter((request) => request.endsWith(end)).length;
  }

  /** The guest ends by itself. */
  end(exitCode: number): void {
    this.engine.end([...this.engine.containers.keys()][0] ?? '', exitCode);
  }

  async stop(): Promise<void> {
    this.engine.fault = undefined;
    await this.backend.close();
    await this.engine.stop();
  }
}

/** Resolves when `condition` holds; the engine is in this process, so that it soon does. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
