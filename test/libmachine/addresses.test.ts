import { OperationError, type ErrorCode } from '../../src/support/index.js';
import { MemoryProcess } from './memory-process.js';
import { FLAGS, type PluginClient } from './plugin-client.js';

let plugin: MemoryProcess;
let client: PluginClient;

beforeEach(async () => {
  plugin = new MemoryProcess();
  client = await plugin.connect();
  await client.setConfig({ MachineName: 'web-1', StorePath: '/store' });
  await client.setFlags(FLAGS);
  await client.setConfig({ VMId: 'vm-1', IPAddress: '192.0.2.10' });
});

afterEach(async () => {
  await plugin.end();
});

function fail(code: ErrorCode, text = 'no answer'): void {
  plugin.cloud.hosts.acts.observe = () =>
    Promise.reject(new OperationError({ code, attempted: `look at "web-1"`, problem: text }));
}

describe('GetURL', () => {
  test('is the stored address of a machine that runs, IPv6 in brackets', async () => {
    await expect(client.call('GetURL')).resolves.toBe('tcp://192.0.2.10:2376');
    await client.setConfig({ IPAddress: 'fd00::1' });
    await expect(client.call('GetURL')).resolves.toBe('tcp://[fd00::1]:2376');
    plugin.cloud.hosts.addresses = [];
    await expect(client.call('GetIPv6')).resolves.toBe('fd00::1');
    expect(plugin.cloud.hosts.methods).toEqual(['observe']);
  });

  test('asks for an address that is not stored', async () => {
    await client.setConfig({ IPAddress: '' });
    await expect(client.call('GetURL')).resolves.toBe('tcp://192.0.2.10:2376');
  });

  test('of a guest that answers is known also when Prism Central is silent, to every command', async () => {
    fail('unreachable');
    plugin.cloud.guestIsUp = true;
    plugin.clientArguments = ['ls'];
    await expect(client.call('GetURL')).resolves.toBe('tcp://192.0.2.10:2376');
  });

  test.each<[boolean, readonly string[]]>([
    [true, ['ls']],
    [true, ['-D', '--storage-path', '/store', 'ls', '--filter', 'name=env']],
    [true, []],
    [false, ['--debug', 'env', 'web-1']],
    [false, ['config', 'ls']],
    [false, ['active']],
  ])('where the question is refused, that is told (%s) to the client %j', async (isTold, words) => {
    plugin.cloud.guestIsUp = true;
    plugin.clientArguments = words;
    fail('unauthenticated', 'refused');
    const url = client.call('GetURL');
    if (isTold)
      await expect(url).rejects.toThrow(
        /^look at "web-1": refused\. The credentials are those that are stored with the machine/,
      );
    else await expect(url).resolves.toBe('tcp://192.0.2.10:2376');
    await expect(client.call('GetState')).resolves.toBe(1);
  });

  test.each([
    ['permission-denied', /^look at "web-1": refused$/],
    ['invalid-input', /^look at "web-1": refused$/],
    ['untrusted-certificate', /^look at "web-1": refused\. For this machine that is Driver\.Fingerprint or /],
  ] as const)('where the question is refused (%s), `ls` is told', async (code, text) => {
    plugin.cloud.guestIsUp = true;
    plugin.clientArguments = ['ls'];
    fail(code, 'refused');
    await expect(client.call('GetURL')).rejects.toThrow(text);
  });

  test('is not made up for a machine that does not run, or whose VM is gone', async () => {
    await client.setConfig({ LastState: 'running' });
    fail('unreachable');
    await expect(client.call('GetURL')).rejects.toThrow(/its state is not known \(it was running when/);
    await client.call('Start');
    delete plugin.cloud.hosts.acts.observe;
    plugin.cloud.hosts.hostState = 'not-found';
    await expect(client.call('GetURL')).rejects.toThrow('its VM was not found');
  });
});

describe('an address that the cloud lists no more', () => {
  beforeEach(() => (plugin.cloud.hosts.addresses = ['10.9.9.9', '10.9.9.10']));

  test.each<[string, unknown]>([
    ['GetURL', 'tcp://10.9.9.9:2376'],
    ['GetIP', '10.9.9.9'],
    ['GetSSHHostname', '10.9.9.9'],
  ])('is given up by %s, with the read that it makes', async (method, expected) => {
    await client.setConfig({ IPNetwork: '10.0.0.0/8' });
    await expect(client.call(method)).resolves.toBe(expected);
    expect(plugin.cloud.hosts.calls.map(({ method: made, given }) => [made, given])).toEqual([
      ['observe', expect.objectContaining({ knownAddress: '192.0.2.10', addressNetwork: '10.0.0.0/8' })],
    ]);
    expect(await client.config()).toMatchObject({ IPAddress: '10.9.9.9' });
    expect(plugin.shown).toEqual([]);
    expect(plugin.stderr.text).toContain('the address has changed from 192.0.2.10 to 10.9.9.9');
  });

  test('is given up for SSH by the read that GetState makes', async () => {
    await client.call('GetState');
    await expect(client.call('GetSSHHostname')).resolves.toBe('10.9.9.9');
    expect(plugin.cloud.hosts.methods).toEqual(['observe']);
  });

  test('and a restart that comes after the read still tells the user', async () => {
    await client.call('GetState');
    await client.call('Restart');
    expect(plugin.shown).toEqual([
      'WARNING: the address has changed from 192.0.2.10 to 10.9.9.9: run "docker-machine regenerate-certs web-1"',
    ]);
    await client.call('Restart');
    expect(plugin.shown).toHaveLength(1);
  });

  test('stays while the machine does not run', async () => {
    plugin.cloud.hosts.hostState = 'stopped';
    await client.call('GetState');
    await expect(client.call('GetSSHHostname')).resolves.toBe('192.0.2.10');
  });
});

describe('GetIP', () => {
  test('keeps the stored address as long as the machine has it', async () => {
    plugin.cloud.hosts.addresses = ['10.9.9.9', '192.0.2.10'];
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
  });

  test('answers without cloud, without credentials, and for a machine that has no address now', async () => {
    fail('unreachable');
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
    delete plugin.cloud.hosts.acts.observe;
    plugin.cloud.hosts.addresses = [];
    await client.call('Kill');
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
    await client.setConfig({ Password: '' });
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
  });

  test('right after Start costs no request', async () => {
    await client.call('Start');
    await client.call('GetIP');
    expect(plugin.cloud.hosts.methods).toEqual(['start']);
  });

  test('without any address says so', async () => {
    await client.setConfig({ IPAddress: '' });
    plugin.cloud.hosts.addresses = [];
    await expect(client.call('GetIP')).rejects.toThrow('IP address is not set');
  });
});

test('nothing of SSH needs credentials or the network', async () => {
  await client.setConfig({
    Endpoint: 'nowhere',
    Password: '',
    SSHUser: 'core',
    SSHPort: 2222,
    SSHKeyPath: '/k',
  });
  const answers = ['GetSSHHostname', 'GetSSHPort', 'GetSSHUsername', 'GetSSHKeyPath', 'GetMachineName'];
  const expected = ['192.0.2.10', 2222, 'core', '/k', 'web-1'];
  await expect(Promise.all(answers.map((method) => client.call(method)))).resolves.toEqual(expected);
  expect(plugin.cloud.connections).toEqual([]);
});
