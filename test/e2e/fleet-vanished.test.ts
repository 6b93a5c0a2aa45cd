import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist, DOCKER_MACHINE, Machine, RANCHER_MACHINE } from './machine.js';
import type { Outcome } from './run.js';
import { startSimulator, type Simulator } from './simulator.js';

/** A VM that is deleted in Prism: neither client has a word of its own for it. The tests build on each other. */
describe.each([
  ['docker-machine', DOCKER_MACHINE],
  ['rancher-machine', RANCHER_MACHINE],
])('nutanix-hosts with %s, and a VM that was deleted in Prism', (_, client) => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-vanished-'));
  const file = join(folder, 'hosts.yaml');
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    // The step leaves a trace on each host that it has run on.
    const install = `install: [{ name: mark, 'on': { role: all }, run: 'echo done > /root/mark' }]`;
    writeFileSync(file, `name: web\ngroups: [{ name: web, count: 2 }]\n${install}\n`);
    simulator = await startSimulator();
    machine = new Machine(client, simulator.env);
  });
  afterAll(async () => {
    machine.dispose();
    rmSync(folder, { recursive: true });
    await simulator.stop();
  });

  const hosts = (command: string, ...options: string[]): Promise<Outcome> =>
    machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options).outcome;

  test('is told by status, with what to do', async () => {
    expect(await hosts('apply')).toMatchObject({ code: 0 });
    await simulator.deleteVm('web-2');
    const { code, stdout } = await hosts('status');
    expect({ code, stdout }).toMatchObject({ code: 1 });
    expect(stdout).toMatch(/^web-1 +Running /m);
    expect(stdout).toMatch(/^web-2 +gone .*its VM is gone from Prism Central: apply makes it again$/m);
  });

  test('is made again by apply, with all that stood on it; the other host stays', async () => {
    const planned = await hosts('plan');
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.stdout).toMatch(/^web-2 +remake +its VM is gone$/m);
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^web-1 +unchanged/m);
    expect(output).toMatch(/^web-2 +made again/m);
    expect((await simulator.vmNames()).sort()).toEqual(['web-1', 'web-2']);
    expect(await machine.run('ssh', 'web-2', 'cat /root/mark')).toBe('done');
    expect(await hosts('status')).toMatchObject({ code: 0 });
  });

  test('is not taken for lost by what another Prism Central says', async () => {
    await simulator.deleteVm('web-1');
    const elsewhere = machine.withEnvironment({ NUTANIX_PORT: '1' });
    const run = elsewhere.startProgram(dist('nutanix-hosts'), 'plan', '-f', file);
    const { code, stdout } = await run.outcome;
    expect({ code, stdout }).toMatchObject({ code: 1 });
    expect(stdout).toMatch(/^web-1 +refuse .*whether its VM exists is not known: it was made on /m);
    expect((await hosts('plan')).stdout).toMatch(/^web-1 +remake +its VM is gone$/m);
  });

  test('is no obstacle to destroy, which removes both machines and the other VM', async () => {
    expect(await hosts('destroy', '--yes')).toMatchObject({ code: 0 });
    expect(await simulator.vmNames()).toEqual([]);
    expect(await machine.run('ls', '-q')).toBe('');
  });
});
