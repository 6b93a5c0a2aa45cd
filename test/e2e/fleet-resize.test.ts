import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from './cloud.js';
import { dist, type Machine } from './machine.js';
import type { Outcome } from './run.js';

jest.setTimeout(600_000);

/** CPU and memory of hosts that work, changed in Prism where they are. The tests build on each other. */
describe('apply --resize', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-resize-'));
  const file = join(folder, 'hosts.yaml');
  let cloud: Cloud;
  let machine: Machine;
  let made: unknown;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine();
    declare('vm-mem: 2048, vm-cpus: 2');
    expect(await hosts('apply')).toMatchObject({ code: 0 });
    made = ids();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await cloud.close();
  });

  function declare(size: string): void {
    writeFileSync(file, `name: web\ndefaults: { nutanix: { ${size} } }\ngroups: [{ name: web, count: 2 }]\n`);
  }

  const hosts = (command: string, ...options: string[]): Promise<Outcome> =>
    machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options).outcome;
  const ids = (): unknown => cloud.simulator.vms().map(({ name, uuid }) => [name, uuid]);
  const sizes = (): unknown =>
    ['web-1', 'web-2'].map((name) => {
      const { num_sockets, num_vcpus_per_socket, memory_size_mib } = cloud.vm(name).resources;
      return [num_sockets, num_vcpus_per_socket, memory_size_mib];
    });
  /** How often each guest was switched on since the last look. */
  let seen = 0;
  const starts = (): number => cloud.guests.length - seen;
  beforeEach(() => (seen = cloud.guests.length));

  test('plan and apply name it as the way, and change nothing', async () => {
    declare('vm-mem: 4096, vm-cpus: 4');
    for (const command of ['plan', 'apply']) {
      const { code, output } = await hosts(command);
      expect({ code, output }).toMatchObject({ code: 1 });
      expect(output).toContain('nutanix-vm-mem 2048 → 4096');
      expect(output).toContain('apply --resize changes it');
    }
    const { output } = await hosts('plan', '--resize');
    expect(output).toMatch(/^web-1 +resize +CPU sockets 2 → 4, memory 2048 → 4096 MiB; while it runs$/m);
    expect(sizes()).toEqual([
      [2, 1, 2048],
      [2, 1, 2048],
    ]);
  });

  test('more sockets and memory: while the hosts run, without a question', async () => {
    const { code, output } = await hosts('apply', '--resize');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(sizes()).toEqual([
      [4, 1, 4096],
      [4, 1, 4096],
    ]);
    expect(starts()).toBe(0);
    expect(ids()).toEqual(made);
    expect(machine.config('web-1')).toMatchObject({ Driver: { VMVCPUs: 4, VMCores: 1, VMMem: 4096 } });
    expect((await hosts('apply')).output).toContain('Nothing to do');
    expect(await hosts('status')).toMatchObject({ code: 0 });
  });

  test('where Prism cannot be asked, the sizes are not said to be as declared', async () => {
    const stale = machine.withEnvironment({ NUTANIX_PASSWORD: 'not this one' });
    const { output } = await stale.startProgram(dist('nutanix-hosts'), 'apply', '-f', file).outcome;
    expect(output).toMatch(/the size of web-1, web-2 was not compared: .*HTTP 401/);
    expect(output).toContain('Size not compared: 2, see above.');
  });

  test('less memory needs a stop: not without a terminal and --yes', async () => {
    declare('vm-mem: 2048, vm-cpus: 4');
    const { code, output } = await hosts('apply', '--resize');
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/^web-2 +restarted +memory 4096 → 2048 MiB; it is stopped for that$/m);
    expect(output).toContain('--yes');
    expect(starts()).toBe(0);
    expect(sizes()).toEqual([
      [4, 1, 4096],
      [4, 1, 4096],
    ]);
  });

  test('with --yes they are stopped, changed and started, one after the other', async () => {
    const { code, output } = await hosts('apply', '--resize', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output.indexOf('[web-1] done: resized')).toBeLessThan(output.indexOf('[web-2] resizing'));
    expect(starts()).toBe(2);
    expect(ids()).toEqual(made);
    expect(sizes()).toEqual([
      [4, 1, 2048],
      [4, 1, 2048],
    ]);
    expect(await machine.run('ls', '--filter', 'state=Running', '-q')).toBe('web-1\nweb-2');
    expect(await hosts('status')).toMatchObject({ code: 0 });
  });

  test('a host that is off is changed and started', async () => {
    await machine.run('stop', 'web-1');
    declare('vm-mem: 2048, vm-cpus: 4, vm-cores: 2');
    expect(await hosts('apply', '--resize', '--yes')).toMatchObject({ code: 0 });
    expect(sizes()).toEqual([
      [4, 2, 2048],
      [4, 2, 2048],
    ]);
    expect(ids()).toEqual(made);
  });

  test('a size that the file no longer says is the default again', async () => {
    declare('vm-cpus: 4');
    expect(await hosts('apply', '--resize', '--yes')).toMatchObject({ code: 0 });
    expect(sizes()).toEqual([
      [4, 1, 2048],
      [4, 1, 2048],
    ]);
    expect(await hosts('status')).toMatchObject({ code: 0 });
    expect(await hosts('destroy', '--yes')).toMatchObject({ code: 0 });
  });
});
