import { DOCKER_MACHINE, Machine } from '../machine.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { describeWith, startTestEngine } from './engine.js';
import { attachedDisks } from './loop-devices.js';

jest.setTimeout(600_000);

const engine = startTestEngine();
afterAll(() => engine?.stop());

/** However the simulator ends, nothing of its guests stays on the machine. */
describeWith(engine)('the end of a simulator with container guests', () => {
  let simulator: Simulator;
  let machine: Machine;

  beforeEach(async () => {
    simulator = await startSimulator({ dockerHost: engine?.dockerHost });
    machine = new Machine(DOCKER_MACHINE, simulator.env);
  });
  afterEach(async () => {
    machine.dispose();
    await simulator.stop();
  });

  const create = (name: string): ReturnType<Machine['start']> =>
    machine.start('create', '-d', 'nutanix', name);

  /** Two hosts whose guests run; their disks. */
  async function twoHosts(): Promise<readonly string[]> {
    // One after the other: the first one makes the certificates.
    for (const name of ['web-1', 'web-2']) {
      const creating = create(name);
      await creating.seen(/Detecting the provisioner/);
      creating.killGroup();
      await creating.outcome;
    }
    const disks = await simulator.diskUuids();
    expect(attachedDisks(disks)).toHaveLength(2);
    expect(engine?.left().split('\n')).toHaveLength(5);
    return disks;
  }

  test('Ctrl-C removes running guests with their volumes, networks and loop devices', async () => {
    const disks = await twoHosts();
    expect(await simulator.interrupt()).toBe(0);
    expect(engine?.left()).toBe('');
    expect(attachedDisks(disks)).toEqual([]);
  });

  test('SIGTERM removes guests that are just booting', async () => {
    const creating = create('web-1');
    await creating.seen(/waiting for SSH/);
    const disks = await simulator.diskUuids();
    expect(engine?.left()).not.toBe('');
    await simulator.stop();
    expect(engine?.left()).toBe('');
    expect(attachedDisks(disks)).toEqual([]);
    creating.killGroup();
    await creating.outcome;
  });

  test('what a killed one leaves is removed by the next one, before it serves', async () => {
    const disks = await twoHosts();
    await simulator.kill();
    expect(attachedDisks(disks)).toHaveLength(2);
    expect(engine?.left().split('\n')).toHaveLength(5);
    simulator = await startSimulator({ dockerHost: engine?.dockerHost });
    expect(engine?.left()).toBe('');
    expect(attachedDisks(disks)).toEqual([]);
  });
});
