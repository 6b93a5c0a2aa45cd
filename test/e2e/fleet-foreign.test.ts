import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist, DOCKER_MACHINE, Machine } from './machine.js';
import type { Outcome } from './run.js';
import { startSimulator, type Simulator } from './simulator.js';

/** A file that declares a host which somebody else has made with the client. The tests build on each other. */
describe('nutanix-hosts and a host that it did not make', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-foreign-'));
  const file = join(folder, 'hosts.yaml');
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    simulator = await startSimulator();
    machine = new Machine(DOCKER_MACHINE, simulator.env);
    await machine.run('create', '-d', 'nutanix', 'own');
  });
  afterAll(async () => {
    machine.dispose();
    rmSync(folder, { recursive: true });
    await simulator.stop();
  });

  /** `on`: the hosts that the step is for. */
  function declare(on: string): void {
    const install = `install: [{ name: mark, 'on': ${on}, run: 'echo run >> /root/mark' }]`;
    const checks = `checks: [{ name: marked, command: { 'on': { role: all }, run: 'echo look >> /root/mark' } }]`;
    writeFileSync(file, `name: web\ngroups: [{ name: own }, { name: web }]\n${install}\n${checks}\n`);
  }
  const hosts = (command: string, ...options: string[]): Promise<Outcome> =>
    machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options).outcome;
  const mark = (name: string): Promise<string> =>
    machine.run('ssh', name, 'test ! -e /root/mark || cat /root/mark');

  test('a step that runs on no other host: refused before anything is made', async () => {
    declare('{ role: all, which: first }');
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/own was not made by this tool, and the step mark runs on no other host/);
    expect(await simulator.vmNames()).toEqual(['own']);
  });

  test('apply makes the others and runs nothing on it; that is said once', async () => {
    declare('{ role: all }');
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output.match(/own was not made by this tool: left alone, not installed/g)).toHaveLength(1);
    expect(await mark('web')).toMatch(/^run/);
    expect(await mark('own')).toBe('');
    const { code: statusCode, stdout } = await hosts('status');
    expect({ statusCode, stdout }).toMatchObject({ statusCode: 1 });
    expect(stdout).toMatch(/^own .*not made by this tool: left alone, not installed/m);
    expect(await mark('own')).toBe('');
  });

  test('adopted, it is one of the fleet', async () => {
    expect(await hosts('adopt', 'nobody')).toMatchObject({ code: 2 });
    const { code, output } = await hosts('adopt', 'own');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await hosts('apply')).toMatchObject({ code: 0 });
    expect(await mark('own')).toMatch(/^run/);
    expect(await hosts('status')).toMatchObject({ code: 0 });
    expect(await hosts('adopt', 'own')).toMatchObject({
      code: 1,
      output: expect.stringContaining('belongs to the fleet web already') as unknown,
    });
  });

  test('removed and made again by hand, it is somebody’s again, and destroy leaves it', async () => {
    await machine.run('rm', '-y', 'own');
    await machine.run('create', '-d', 'nutanix', 'own');
    expect((await hosts('plan')).stdout).toMatch(/^own +keep +is there, and was not made by this tool$/m);
    const { code, output } = await hosts('destroy', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('own was not made by this tool; it stays');
    expect(await simulator.vmNames()).toEqual(['own']);
  });
});
