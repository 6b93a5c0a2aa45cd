import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist, DOCKER_MACHINE, Machine } from './machine.js';
import type { Outcome } from './run.js';
import { startSimulator, type Simulator } from './simulator.js';

/** Hosts that left the file run on until somebody says otherwise, and are never forgotten. The tests build on each other. */
describe('nutanix-hosts and hosts that left the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-owned-'));
  const file = join(folder, 'hosts.yaml');
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    simulator = await startSimulator();
    machine = new Machine(DOCKER_MACHINE, simulator.env);
  });
  afterAll(async () => {
    machine.dispose();
    rmSync(folder, { recursive: true });
    await simulator.stop();
  });

  function declare(name: string, group: string, count: number): void {
    writeFileSync(file, `name: ${name}\ngroups: [{ name: ${group}, count: ${count} }]\n`);
  }
  const hosts = (command: string, ...options: string[]): Promise<Outcome> =>
    machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options).outcome;
  const vmNames = async (): Promise<string[]> => (await simulator.vmNames()).sort();

  test('status, plan, apply and orphans tell them', async () => {
    declare('web', 'web', 3);
    expect(await hosts('apply')).toMatchObject({ code: 0 });
    declare('web', 'web', 1);
    const status = await hosts('status');
    expect(status).toMatchObject({ code: 1 });
    for (const name of ['web-2', 'web-3']) {
      expect(status.stdout).toMatch(new RegExp(`^${name} +Running +127\\..* not in the file any more`, 'm'));
    }
    expect((await hosts('plan')).stdout).toMatch(/^web-3 +keep +is not in the file any more$/m);
    const told = /web-2, web-3 are not in the file any more .*"nutanix-hosts apply --prune" removes them/;
    const applied = await hosts('apply');
    expect(applied).toMatchObject({ code: 0, output: expect.stringMatching(told) as unknown });
    expect(await hosts('orphans')).toMatchObject({ output: expect.stringMatching(told) as unknown });
    expect(await vmNames()).toEqual(['web-1', 'web-2', 'web-3']);
  });

  test('apply --prune shows what is lost, asks, and removes them', async () => {
    expect((await hosts('plan', '--prune')).stdout).toMatch(/^web-3 +remove /m);
    const asked = await hosts('apply', '--prune');
    expect(asked).toMatchObject({ code: 1 });
    expect(asked.output).toMatch(/local volumes and data disks are lost/);
    expect(asked.stderr).toContain('--yes');
    expect(await vmNames()).toEqual(['web-1', 'web-2', 'web-3']);
    const { code, output } = await hosts('apply', '--prune', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await vmNames()).toEqual(['web-1']);
    expect(await hosts('status')).toMatchObject({ code: 0 });
  });

  test('a fleet that is called otherwise in the same file: its hosts are told, and can be taken over', async () => {
    declare('site', 'web', 1);
    const status = await hosts('status');
    expect(status).toMatchObject({ code: 1 });
    expect(status.stdout).toMatch(
      /the fleet web, .* still owns 1 host \(web-1\): "nutanix-hosts adopt web-1"/,
    );
    expect((await hosts('plan')).stdout).toMatch(/^web-1 +keep +is there, and belongs to the fleet web$/m);
    const { code, output } = await hosts('adopt', 'web-1');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await hosts('status')).toMatchObject({ code: 0 });
  });

  test('fleet and group called otherwise: the hosts of the former name can be destroyed', async () => {
    declare('app', 'app', 1);
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/still owns 1 host \(web-1\): "nutanix-hosts destroy --fleet site" removes it/);
    expect(await hosts('destroy', '--fleet', 'sight', '--yes')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/no fleet of this name.*It has app, site/) as unknown,
    });
    expect(await hosts('destroy', '--fleet', 'site', '--yes')).toMatchObject({ code: 0 });
    expect(await vmNames()).toEqual(['app-1']);
    expect(await hosts('status')).toMatchObject({ code: 0 });
  });

  test('destroy removes what is declared and what left the file', async () => {
    declare('app', 'app', 2);
    expect(await hosts('apply')).toMatchObject({ code: 0 });
    declare('app', 'other', 1);
    const { code, output } = await hosts('destroy', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await vmNames()).toEqual([]);
    expect(await machine.run('ls', '-q')).toBe('');
  });

  test('the hosts of a file that is lost can be destroyed by the name of their fleet', async () => {
    declare('last', 'last', 1);
    expect(await hosts('apply')).toMatchObject({ code: 0 });
    rmSync(file);
    expect(await hosts('destroy', '--yes')).toMatchObject({ code: 2 });
    expect(await hosts('destroy', '--fleet', 'last', '--yes')).toMatchObject({ code: 0 });
    expect(await vmNames()).toEqual([]);
  });
});
