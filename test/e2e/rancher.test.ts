import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Machine, RANCHER_MACHINE, ROOT } from './machine.js';
import { start } from './run.js';
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

  test('docs/rancher.md: what is put at the URL is the whole driver, also where a launcher is installed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rancher-driver-'));
    const prefix = join(folder, 'prefix');
    const path = `${join(prefix, 'bin')}:${process.env['PATH'] ?? ''}`;
    const page = readFileSync(join(ROOT, 'docs', 'rancher.md'), 'utf8');
    const [, commands = ''] = /```sh\n([^]*?)```/.exec(page) ?? [];
    const make = `make -s -C '${ROOT}' -o build install PREFIX='${prefix}' >&2`;
    const { code, stdout } = await start('bash', ['-euc', `${make}\ncd '${folder}'\n${commands}`], {
      env: { ...process.env, PATH: path },
    }).outcome;
    rmSync(prefix, { recursive: true });
    expect(code).toBe(0);
    const driver = join(folder, 'docker-machine-driver-nutanix');
    const sum = createHash('sha256').update(readFileSync(driver)).digest('hex');
    expect(stdout).toBe(`${sum}  docker-machine-driver-nutanix\n`);
    const alone = machine.withEnvironment({ PLUGIN_FOLDER: folder });
    await alone.run('create', '-d', 'nutanix', 'node-3');
    await alone.run('rm', '-y', 'node-3');
    rmSync(folder, { recursive: true });
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
