import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PRESET } from '../../../src/simulator/index.js';
import { hostProgram } from '../../interop/fleeting/host.js';
import { Cloud, NOTHING_LEFT } from '../cloud.js';
import { DOCKER_MACHINE, Machine, ROOT } from '../machine.js';
import { none, Runner, updateUntil, withRunning } from './runner.js';

const forAll = z.object({ executor: z.string(), unknown: z.array(z.string()) });
const printed = forAll.extend({
  plugin: z.string(),
  plugin_config: z.record(z.string(), z.unknown()),
  max_instances: z.number(),
});
const machinePrinted = forAll.extend({
  machine_driver: z.string(),
  machine_name: z.string(),
  machine_options: z.array(z.string()),
});

/** What a config.toml says, read as GitLab Runner reads it. */
function readAsRunner(toml: string): unknown {
  const run = spawnSync(hostProgram('2026'), ['config'], { input: toml, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`fleeting-host config: ${run.error?.message ?? run.stderr}`);
  return JSON.parse(run.stdout);
}

function configOf(toml: string): z.infer<typeof printed> {
  return printed.parse(readAsRunner(toml));
}

describe('the config.toml of docs/gitlab-runner.md', () => {
  const page = readFileSync(join(ROOT, 'docs', 'gitlab-runner.md'), 'utf8');
  const blocks = [...page.matchAll(/^```toml\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  const folder = mkdtempSync(join(tmpdir(), 'runner-config-'));
  let cloud: Cloud;

  beforeAll(async () => {
    cloud = await Cloud.start();
  });
  afterAll(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const [toml = ''] = blocks.filter((text) => text.includes('[runners.autoscaler]'));

  test('the runner knows its keys, and the plugin makes instances with Docker by it', async () => {
    const { executor, plugin, plugin_config: config, max_instances: most, unknown } = configOf(toml);
    expect({ executor, plugin, unknown }).toEqual({
      executor: 'docker-autoscaler',
      plugin: 'fleeting-plugin-nutanix',
      unknown: [],
    });
    expect(Number(config['max_size'])).toBeGreaterThanOrEqual(most);
    const credentials = join(folder, 'nutanix-credentials');
    const { username, password, host: address, port } = cloud.simulator;
    writeFileSync(credentials, `username=${username}\npassword=${password}\n`, { mode: 0o600 });
    const runner = new Runner(cloud);
    const host = runner.host({ env: { NUTANIX_USERNAME: undefined, NUTANIX_PASSWORD: undefined } });
    // Names of the document's Prism Central, and what a simulator has that a real one has not.
    const { fingerprint, ssh_port, state_dir } = runner.config;
    await host.start({
      ...config,
      ...{ fingerprint, ssh_port, state_dir },
      endpoint: `${address}:${port}`,
      credentials_file: credentials,
      cluster: PRESET.cluster.name,
      vm_network: [PRESET.managedSubnet.name],
    });
    expect((await host.init()).MaxSize).toBe(config['max_size']);
    const [id = ''] = await withRunning(host, 1);
    expect(id).toMatch(/^ci-[a-z0-9]{8}$/);
    const [ready = ''] = /instance_ready_command = "(.*)"/.exec(toml)?.slice(1) ?? [];
    expect(await host.run(id, ready)).toContain('Version');
    await host.decrease(id);
    await updateUntil(host, none);
    await runner.close();
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  test('a key that the runner does not know is told', () => {
    expect(configOf(`${toml}\nidle_tme = "1m"\n`).unknown).toEqual(['runners.autoscaler.policy.idle_tme']);
  });

  const [machineToml = ''] = blocks.filter((text) => text.includes('[runners.machine]'));

  test('docker+machine: the runner knows its keys, and the client makes a host as the runner calls it', async () => {
    const { executor, unknown, ...machineOf } = machinePrinted.parse(readAsRunner(machineToml));
    expect({ executor, unknown }).toEqual({ executor: 'docker+machine', unknown: [] });
    expect(machineOf.machine_name).toContain('%s');
    const { username, password, host: address, port } = cloud.simulator;
    const credentials = join(folder, 'machine-credentials');
    writeFileSync(credentials, `username=${username}\npassword=${password}\n`, { mode: 0o600 });
    // Names of the document's Prism Central and computer.
    const here: Readonly<Record<string, string>> = {
      'nutanix-endpoint': `${address}:${port}`,
      'nutanix-credentials-file': credentials,
      'nutanix-cluster': PRESET.cluster.name,
      'nutanix-vm-network': PRESET.managedSubnet.name,
    };
    const options = machineOf.machine_options.map((option) => {
      const [name = ''] = option.split('=');
      return `--${here[name] === undefined ? option : `${name}=${here[name]}`}`;
    });
    const { NUTANIX_FINGERPRINT, NUTANIX_SSH_PORT } = cloud.env;
    const machine = new Machine(DOCKER_MACHINE, { NUTANIX_FINGERPRINT, NUTANIX_SSH_PORT });
    const name = `runner-x7k2m9qw1-${machineOf.machine_name.replace('%s', '1764351442-0a1b2c3d')}`;
    await machine.run('create', '--driver', machineOf.machine_driver, ...options, name);
    expect(await machine.run('ssh', name, 'hostname')).toBe(name);
    expect(JSON.stringify(machine.config(name))).not.toContain(password);
    await machine.run('rm', '-y', name);
    machine.dispose();
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });
});
