import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryProcess } from './memory-process.js';
import { FLAGS, type PluginClient } from './plugin-client.js';

/** What comes of `\\n` that somebody has written out, in a flag or in a file. */
describe('written-out line ends', () => {
  let plugin: MemoryProcess;
  let client: PluginClient;
  const store = mkdtempSync(join(tmpdir(), 'store-'));

  beforeEach(async () => {
    plugin = new MemoryProcess();
    client = await plugin.connect();
    await client.setConfig({ MachineName: 'web-1', StorePath: store });
  });
  afterEach(() => plugin.end());
  afterAll(() => rmSync(store, { recursive: true }));

  async function prepared(flags: Record<string, string>): Promise<unknown> {
    await client.setFlags({ ...FLAGS, ...flags });
    await client.call('Create');
    return plugin.cloud.hosts.calls.find(({ method }) => method === 'prepare')?.given;
  }

  test.each([
    [
      'one line of cloud-config',
      '#cloud-config\\nruncmd:\\n- a\\r\\n- b',
      '#cloud-config\nruncmd:\n- a\n- b',
    ],
    ['a script in one line', '#!/bin/sh\\necho a', '#!/bin/sh\necho a'],
    ['a template in one line', '## template: jinja\\n#cloud-config', '## template: jinja\n#cloud-config'],
    [
      'an Ignition config',
      '{"ignition":{"version":"3.4.0"},"systemd":{"units":[{"name":"a.service","contents":"[Unit]\\n"}]}}',
      '{"ignition":{"version":"3.4.0"},"systemd":{"units":[{"name":"a.service","contents":"[Unit]\\n"}]}}',
    ],
    ['a real line end', '#cloud-config\nruncmd: ["a\\nb"]', '#cloud-config\nruncmd: ["a\\nb"]'],
    ['a real line end at the end', '#cloud-config\\na: b\n', '#cloud-config\\na: b\n'],
    ['a script with line ends', '#!/bin/sh\nprintf "a\\nb"', '#!/bin/sh\nprintf "a\\nb"'],
  ])('of inline user-data: %s', async (_case, inline, userData) => {
    expect(await prepared({ 'nutanix-cloud-init': inline })).toMatchObject({ userData });
  });

  test('of a file are text', async () => {
    const [file, userData] = [join(store, 'user-data'), '#!/bin/sh -c printf "a\\nb"'];
    writeFileSync(file, userData);
    expect(await prepared({ 'nutanix-cloud-init-file': file })).toMatchObject({ userData });
  });
});
