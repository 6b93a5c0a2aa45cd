import { DOCKER_MACHINE, Machine } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';
import { CREATE_VM } from './spoken-api.js';

/** Prism Central on a bad day, as the person at docker-machine's command line meets it. */
describe('when Prism Central fails', () => {
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  beforeEach(() => {
    machine = new Machine(DOCKER_MACHINE, simulator.env);
  });
  afterEach(async () => {
    await simulator.clearFaults();
    await machine.attempt('rm', '-f', 'web-1'); // what a failed test has left
    machine.dispose();
  });
  afterAll(() => simulator.stop());

  const create = (...flags: string[]) => machine.attempt('create', '-d', 'nutanix', ...flags, 'web-1');
  const outOfMemory = { outcome: 'failed', errorDetail: 'Not enough memory on cluster PC-Cluster.' };

  const madeAndFailed = { ...outOfMemory, effect: 'done' };

  test('a task that fails: its own words, its id, no VM, and rm cleans the store', async () => {
    await simulator.addFault({ name: 'memory', match: CREATE_VM, do: { task: outOfMemory } });
    const { code, output } = await create();
    expect(code).toBe(1);
    expect(output).toContain('Not enough memory on cluster PC-Cluster.');
    expect(output).toMatch(/task (ZXJnb24=:)?[0-9a-f]{8}-[0-9a-f-]{27}/);
    expect(await simulator.vmNames()).toEqual([]);
    await machine.run('rm', '-y', 'web-1');
    expect(await machine.run('ls', '-q')).toBe('');
  });

  test('a task that fails when the VM is there already: it is removed again', async () => {
    await simulator.addFault({
      name: 'late',
      match: CREATE_VM,
      do: { task: madeAndFailed },
    });
    expect((await create()).code).toBe(1);
    expect(await simulator.vmNames()).toEqual([]);
  });

  test('--nutanix-keep-on-error keeps it and says how to remove it', async () => {
    await simulator.addFault({
      name: 'late',
      match: CREATE_VM,
      do: { task: madeAndFailed },
    });
    const { code, output } = await create('--nutanix-keep-on-error');
    expect(code).toBe(1);
    expect(output).toMatch(/kept for a look; "rm .+" removes it/);
    expect(await simulator.vmNames()).toEqual(['web-1']);
    await machine.run('rm', '-y', 'web-1');
    expect(await simulator.vmNames()).toEqual([]);
  });

  test('the answer to the create request is lost: one VM is made, and create goes on with it', async () => {
    await simulator.addFault({
      name: 'lost',
      match: { ...CREATE_VM, nth: 1 },
      do: { resetAfter: -1, effect: 'done' },
    });
    const { code, output } = await create();
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await simulator.vmNames()).toEqual(['web-1']);
    await machine.run('rm', '-y', 'web-1');
  });

  test('some requests are answered 503 with HTML: create goes on', async () => {
    const html = { do: { status: 503, body: '<html>Service Unavailable</html>', effect: 'none' } };
    await simulator.addFault({ name: 'overload', match: { method: 'GET', nth: [2, 3, 5] }, ...html });
    await simulator.addFault({ name: 'lists', match: { path: '/*/list', nth: 1 }, ...html });
    const { code, output } = await create();
    expect({ code, output }).toMatchObject({ code: 0 });
    await machine.run('rm', '-y', 'web-1');
  });

  test('while it is down: ls answers in time, and a removal that fails keeps the machine', async () => {
    await machine.run('create', '-d', 'nutanix', '--nutanix-wait-for', 'ssh', 'web-1');
    await simulator.addFault({ name: 'down', match: {}, do: { status: 503, body: '', effect: 'none' } });
    // What ls gives a machine by itself (10 s) is little on a busy computer; an operation has 300 s.
    expect(await machine.run('ls', '--timeout', '60', '--format', '{{.Name}} {{.State}}')).toBe(
      'web-1 Running',
    );
    expect(await machine.run('ssh', 'web-1', 'hostname')).toBe('web-1');

    await simulator.clearFaults();
    await simulator.addFault({ name: 'no delete', match: { method: 'DELETE' }, do: { task: outOfMemory } });
    const refused = await machine.attempt('rm', '-y', 'web-1');
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('Not enough memory');
    expect(await machine.run('ls', '-q')).toBe('web-1');
    await simulator.clearFaults();
    await machine.run('rm', '-y', 'web-1');
    expect(await simulator.vmNames()).toEqual([]);
  });
});
