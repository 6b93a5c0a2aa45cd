import { join } from 'node:path';
import { DOCKER_MACHINE, Machine, ROOT } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';

/** A create that is broken off: the plugin removes what it made, or `rm` does. */
describe('a create that is interrupted', () => {
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    // As slow as a real one: there has to be time to interrupt.
    simulator = await startSimulator({ profile: 'real' });
  });
  beforeEach(() => {
    machine = new Machine(DOCKER_MACHINE, simulator.env);
  });
  afterEach(() => machine.dispose());
  afterAll(() => simulator.stop());

  async function vmIsMade(): Promise<void> {
    await until(async () => (await simulator.vmNames()).length > 0);
  }

  async function nothingIsLeft(): Promise<void> {
    await until(async () => (await simulator.vmNames()).length === 0);
  }

  test('Ctrl-C: the plugin removes the VM by itself', async () => {
    const create = machine.start('create', '-d', 'nutanix', 'web-1');
    await vmIsMade();
    create.interrupt();
    await create.outcome;
    await nothingIsLeft();
    // Starting, until Prism Central has ended the task of the deletion too.
    const said = /create failed or was interrupted.*rm web-1/;
    await until(async () => said.test(await machine.run('ls', '--format', '{{.Error}}')));
    await machine.run('rm', '-y', 'web-1');
    expect(await machine.run('ls', '-q')).toBe('');
  });

  test('the client is killed: the plugin notices and removes the VM', async () => {
    const create = machine.start('create', '-d', 'nutanix', 'web-1');
    await vmIsMade();
    create.child.kill('SIGKILL');
    await nothingIsLeft();
    await create.outcome;
    await machine.run('rm', '-y', 'web-1');
  });

  test('client and plugin are killed: rm finds the VM', async () => {
    const create = machine.start('create', '-d', 'nutanix', 'web-1');
    await vmIsMade();
    create.killGroup();
    await create.outcome;
    await machine.run('rm', '-y', 'web-1');
    expect(await simulator.vmNames()).toEqual([]);
    expect(await machine.run('ls', '-q')).toBe('');
  });

  test('create-five-hosts.sh: Ctrl-C ends it when the plugins have cleaned up, not before', async () => {
    const script = join(ROOT, 'scripts', 'create-five-hosts.sh');
    const run = machine.startProgram(script, '--prefix', 'web', '--count', '2');
    await vmIsMade();
    run.interrupt();
    expect((await run.outcome).code).toBe(130);
    expect(await simulator.vmNames()).toEqual([]);
  });
});

async function until(condition: () => Promise<boolean>, limit = 60_000): Promise<void> {
  for (const end = Date.now() + limit; !(await condition());) {
    if (Date.now() > end) throw new Error(`not so after ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
