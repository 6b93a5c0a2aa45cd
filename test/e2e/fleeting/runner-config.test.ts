import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PRESET } from '../../../src/simulator/index.js';
import { hostProgram } from '../../interop/fleeting/host.js';
import { Cloud, NOTHING_LEFT } from '../cloud.js';
import { ROOT } from '../machine.js';
import { none, Runner, updateUntil, withRunning } from './runner.js';

const printed = z.object({
  executor: z.string(),
  plugin: z.string(),
  plugin_config: z.record(z.string(), z.unknown()),
  max_instances: z.number(),
  unknown: z.array(z.string()),
});

/** What the config.toml of a document says, read as GitLab Runner reads it. */
function configOf(toml: string): z.infer<typeof printed> {
  const run = spawnSync(hostProgram('2026'), ['config'], { input: toml, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`fleeting-host config: ${run.error?.message ?? run.stderr}`);
  return printed.parse(JSON.parse(run.stdout));
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
});
