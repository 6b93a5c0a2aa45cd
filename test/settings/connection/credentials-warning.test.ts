import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryProcess } from '../../libmachine/memory-process.js';
import { FLAGS, type PluginClient } from '../../libmachine/plugin-client.js';

let plugin: MemoryProcess;
let client: PluginClient;
let store: string;

beforeEach(async () => {
  store = mkdtempSync(join(tmpdir(), 'store-'));
  plugin = new MemoryProcess();
  client = await plugin.connect();
  await client.setConfig({ MachineName: 'web-1', StorePath: store });
});

afterEach(async () => {
  await plugin.end();
  rmSync(store, { recursive: true });
});

test('a credentials file that others can read is warned about once, by an operation and not by a look', async () => {
  const file = join(store, 'credentials');
  writeFileSync(file, 'password=from-file');
  chmodSync(file, 0o644);
  await client.setFlags({ ...FLAGS, 'nutanix-credentials-file': file });
  await client.call('GetState');
  expect(plugin.cloud.connections).toHaveLength(1);
  expect(plugin.shown).toEqual([]);
  await client.call('PreCreateCheck');
  await client.call('Kill');
  expect(plugin.shown.filter((line) => line.includes(`can read the credentials file ${file}`))).toEqual([
    expect.stringMatching(/^WARNING: .*chmod 600/),
  ]);
});
