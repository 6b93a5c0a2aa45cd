import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryProcess } from './memory-process.js';
import { FLAGS } from './plugin-client.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('rancher-machine’s command line', () => {
  const stored = {
    MachineName: 'web-1',
    Endpoint: 'prism',
    Username: 'u',
    Password: 'old-password',
    VMId: 'v',
  };

  async function passwordAfter(commandLine: string[]): Promise<string> {
    const plugin = new MemoryProcess({ arguments: commandLine });
    const client = await plugin.connect();
    await client.setConfig(stored);
    await client.call('Start');
    await plugin.end();
    return JSON.stringify(plugin.cloud.connections[0]?.credentials);
  }

  test('renews credentials of an existing machine', async () => {
    const rancher = '/opt/bin/rancher-machine';
    await expect(
      passwordAfter([rancher, 'rm', '--update-config', '--nutanix-password=new=1', 'web-1']),
    ).resolves.toContain('"new=1"');
    await expect(
      passwordAfter([rancher, 'rm', '-update-config', '-nutanix-password', 'new-2']),
    ).resolves.toContain('"new-2"');
    await expect(passwordAfter([rancher, 'rm', '-nutanix-password', 'new-2'])).resolves.toContain(
      'old-password',
    );
    await expect(passwordAfter([rancher, 'rm', 'web-1'])).resolves.toContain('old-password');
  });

  test('is no command line of ours when another client starts the plugin', async () => {
    await expect(passwordAfter(['--nutanix-password=new'])).resolves.toContain('old-password');
  });
});

test('no secret is in anything that the plugin says', async () => {
  const secrets = ['first/pass word', 'proxy-pass', 'key-in-file'];
  const file = join(folder, 'credentials');
  writeFileSync(file, `api-key=${String(secrets[2])}`);
  const plugin = new MemoryProcess();
  const client = await plugin.connect();
  await client.setConfig({ MachineName: 'web-1', StorePath: folder });
  await client.setFlags({
    ...FLAGS,
    'nutanix-password': secrets[0],
    'nutanix-proxy': `http://me:${String(secrets[1])}@proxy:3128`,
    'nutanix-credentials-file': file,
  });
  plugin.cloud.hosts.acts.create = (context) => {
    context.progress(`sent ${secrets.join(' ')}`);
    return Promise.reject(new Error(`it answered: ${secrets.join(' ')}`));
  };
  const errors = [
    await client.call('Create').catch(String),
    await client.call('SetConfigRaw', Buffer.from(`{"Password":"${String(secrets[0])}"`)).catch(String),
  ];
  await plugin.end();
  const said = plugin.stdout.text + plugin.stderr.text + errors.join();
  expect(said).toContain('sent [secret] [secret] [secret]');
  expect(said).toContain('it answered: [secret] [secret] [secret]');
  for (const secret of secrets) expect(said).not.toContain(secret);
});
