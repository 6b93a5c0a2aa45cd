import { Machine, RANCHER_MACHINE } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';

/** Rancher's fork starts the plugin with its own command line as arguments and has methods of its own. */
describe('rancher-machine', () => {
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    simulator = await startSimulator();
    machine = new Machine(RANCHER_MACHINE, simulator.env);
  });
  afterAll(async () => {
    machine.dispose();
    await simulator.stop();
  });

  test('creates a host', async () => {
    const { code, output } = await machine.attempt('create', '-d', 'nutanix', 'node-1');
    expect(output).toContain('Docker is up and running!');
    expect(code).toBe(0);
    expect(await simulator.vmNames()).toEqual(['node-1']);
  });

  test('lists it, asks its state, stops and starts it', async () => {
    expect(await machine.run('ls', '--format', '{{.Name}} {{.State}}')).toBe('node-1 Running');
    expect(await machine.run('status', 'node-1')).toBe('Running');
    await machine.run('stop', 'node-1');
    expect(await machine.run('status', 'node-1')).toBe('Stopped');
    await machine.run('start', 'node-1');
    expect(await machine.run('status', 'node-1')).toBe('Running');
  });

  test('removes it', async () => {
    await machine.run('rm', '-y', 'node-1');
    expect(await machine.run('ls', '-q')).toBe('');
    expect(await simulator.vmNames()).toEqual([]);
  });

  test('a failed pre-create check leaves nothing and says why', async () => {
    const { code, output } = await machine.attempt(
      'create',
      '-d',
      'nutanix',
      '--nutanix-vm-image',
      'nope',
      'node-2',
    );
    expect(code).not.toBe(0);
    expect(output).toContain('nope');
    expect(await simulator.vmNames()).toEqual([]);
  });
});
