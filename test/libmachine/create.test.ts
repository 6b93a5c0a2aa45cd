import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { OperationError } from '../../src/support/index.js';
import { PLACEMENT } from '../session/fake-hosts.js';
import { MemoryProcess } from './memory-process.js';
import { FLAGS, type PluginClient } from './plugin-client.js';

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

function given(method: string): unknown {
  return plugin.cloud.hosts.calls.find((call) => call.method === method)?.given;
}

describe('SetConfigFromFlags', () => {
  test('stores every option under its key, and the client’s swarm flags', async () => {
    await client.setFlags({ ...FLAGS, 'nutanix-vm-mem': 4096, 'nutanix-ip': ['auto'], 'swarm-master': true });
    expect(await client.config()).toMatchObject({
      Endpoint: 'prism.example.test',
      VMMem: 4096,
      Subnet: ['net-a'],
      StaticIPs: ['auto'],
      SwarmMaster: true,
      SwarmHost: 'tcp://0.0.0.0:3376',
      SSHKeyPath: join(store, 'machines/web-1/id_rsa'),
      Password: 'top-secret-password',
    });
  });

  test('refuses everything that is wrong in one message, and stores nothing', async () => {
    await client.setConfig({ MachineName: 'web_1' });
    const flags = {
      ...FLAGS,
      'nutanix-cluster': '',
      'nutanix-vm-mem': 1,
      'nutanix-ssh-key': join(store, 'nokey'),
    };
    await expect(client.setFlags(flags)).rejects.toThrow(
      /the machine name "web_1" contains "_".*at most 64.*; --nutanix-cluster .* is required; .*at least 256.*; --nutanix-ssh-key .* cannot read .*nokey \(ENOENT\)$/,
    );
    expect(await client.config()).toMatchObject({ Endpoint: '', VMMem: 2048 });
  });

  test('with credentials that are not to be stored keeps them for this process only', async () => {
    await client.setFlags({ ...FLAGS, 'nutanix-store-credentials': 'false' });
    const config = await client.config();
    expect(JSON.stringify(config)).not.toContain('top-secret');
    expect(config).toMatchObject({ Username: 'operator', StoreCredentials: 'false' });
    await client.setConfig(config);
    await client.call('PreCreateCheck');
    expect(plugin.cloud.connections[0]?.credentials).toMatchObject({ password: 'top-secret-password' });
  });
});

test('a password beside a credentials file is not stored: the file counts', async () => {
  const file = join(store, 'credentials');
  writeFileSync(file, 'password=from-file');
  await client.setFlags({ ...FLAGS, 'nutanix-credentials-file': file });
  expect(await client.config()).toMatchObject({ Password: '', CredentialsFile: file });
  await client.call('PreCreateCheck');
  expect(plugin.cloud.connections[0]?.credentials).toMatchObject({
    username: 'operator',
    password: 'from-file',
  });
});

test('files are stored by their full path: later commands run in other folders', async () => {
  plugin.environment['HOME'] = store;
  writeFileSync(join(store, 'user-data'), '#cloud-config');
  writeFileSync(join(store, 'credentials'), 'api-key=k');
  const file = relative('.', join(store, 'user-data'));
  await client.setFlags({
    ...FLAGS,
    'nutanix-cloud-init-file': file,
    'nutanix-credentials-file': '~/credentials',
  });
  expect(await client.config()).toMatchObject({
    CloudInitFile: join(store, 'user-data'),
    CredentialsFile: join(store, 'credentials'),
    CAFile: '',
  });
});

describe('PreCreateCheck', () => {
  test('fixes the identity in the configuration, before anything is made', async () => {
    await client.setFlags(FLAGS);
    await client.call('PreCreateCheck');
    expect(await client.config()).toMatchObject({
      CreationKey: 'key-1',
      Placement: JSON.parse(JSON.stringify(PLACEMENT)) as unknown,
      VMId: '',
    });
    expect(plugin.cloud.hosts.methods).toEqual(['prepare']);
  });

  test('refuses a name that Prism or DNS cannot take', async () => {
    await client.setFlags(FLAGS);
    for (const name of [
      '',
      'a_b',
      'a b',
      '-a',
      'a-',
      'a..b',
      '.a',
      'ä',
      'x'.repeat(65),
      `${'x'.repeat(64)}.b`,
    ]) {
      await client.setConfig({ MachineName: name });
      await expect(client.call('PreCreateCheck')).rejects.toThrow(
        /the machine name .* A name has at most 64/,
      );
    }
    expect(plugin.cloud.hosts.calls).toEqual([]);
    for (const name of ['a', '1', '9lives', 'A-1.b-2', 'x'.repeat(63), `${'x'.repeat(60)}.abc`]) {
      await client.setConfig({ MachineName: name });
      await expect(client.call('PreCreateCheck')).resolves.toEqual({});
    }
  });
});

describe('Create', () => {
  const flags = {
    ...FLAGS,
    'nutanix-vm-network': ['net-a', 'net-b'],
    'nutanix-ip': ['auto', '10.1.1.9'],
    'nutanix-vm-categories': ['AppType=a=b'],
    'nutanix-disk-size': 5,
    'nutanix-storage-container': 'fast',
    'nutanix-disk': ['size=7,container=slow,mount=/data,bus=pci', 'size=8'],
    'nutanix-docker-disk-size': 9,
    'nutanix-cloud-init': '#cloud-config\\npackages: [git]\\r\\n',
    'nutanix-vm-description': `${'d'.repeat(999)}😀`,
  };

  test('hands over what the flags say', async () => {
    await client.setFlags(flags);
    await client.call('PreCreateCheck');
    await client.call('Create');
    const addresses = [undefined, '10.1.1.9'];
    expect(given('create')).toMatchObject({
      prepared: { creationToken: 'key-1' },
      spec: {
        name: 'web-1',
        placement: {
          cluster: 'c1',
          image: 'ubuntu',
          subnets: ['net-a', 'net-b'],
          categories: [{ key: 'AppType', value: 'a=b' }],
          storageContainers: ['fast', 'slow', undefined, 'fast'],
          staticAddresses: addresses,
        },
        vm: {
          sockets: 2,
          coresPerSocket: 1,
          memoryMiB: 2048,
          bootType: 'legacy',
          staticAddresses: addresses,
          disks: [
            { sizeGiB: 5, bus: 'scsi' },
            { sizeGiB: 7, bus: 'pci' },
            { sizeGiB: 8, bus: 'scsi' },
            { sizeGiB: 9, bus: 'scsi' },
          ],
          description: 'd'.repeat(999),
        },
        ssh: { user: 'root', port: 22, keyPath: join(store, 'machines/web-1/id_rsa'), generate: 'ed25519' },
        userData: '#cloud-config\npackages: [git]\n',
        dockerDisk: { disk: 3, filesystem: 'xfs' },
        mounts: [{ disk: 1, path: '/data', filesystem: 'ext4' }],
        waitFor: 'cloud-init',
        keepOnError: false,
      },
    });
    expect(await client.config()).toMatchObject({ VMId: 'vm-1', IPAddress: '192.0.2.10' });
  });

  test('in another process goes on with the identity that was stored', async () => {
    await client.setFlags(FLAGS);
    await client.call('PreCreateCheck');
    const saved = await client.config();
    const second = new MemoryProcess();
    const other = await second.connect();
    await other.setConfig({ ...saved, CreationKey: 'key-of-old' });
    await other.call('Create');
    expect(second.cloud.hosts.methods).toEqual(['create']);
    expect(second.cloud.hosts.calls[0]?.given).toMatchObject({
      prepared: { creationToken: 'key-of-old', placement: PLACEMENT },
    });
    await second.end();
  });

  test('that fails says so in one line and leaves the identity for Remove', async () => {
    plugin.cloud.hosts.acts.create = () =>
      Promise.reject(
        new OperationError({
          code: 'task-failed',
          attempted: 'create VM "web-1"',
          problem: 'no\n memory',
          taskId: 't-1',
        }),
      );
    await client.setFlags(FLAGS);
    await client.call('PreCreateCheck');
    await expect(client.call('Create')).rejects.toThrow(/^create VM "web-1": no memory \(task t-1\)$/);
    expect(await client.config()).toMatchObject({ CreationKey: 'key-1', VMId: '', IPAddress: '' });
    await client.call('Remove');
    expect(plugin.cloud.hosts.calls.at(-1)).toEqual({
      method: 'remove',
      identity: { name: 'web-1', creationToken: 'key-1', vmId: undefined },
    });
  });

  test('uses a person’s own key: to be copied to where the client looks for it', async () => {
    const key = join(store, 'mine');
    writeFileSync(key, '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n');
    await client.setFlags({ ...FLAGS, 'nutanix-ssh-key': key });
    await client.call('PreCreateCheck');
    await client.call('Create');
    const ssh = { keyPath: join(store, 'machines/web-1/id_rsa'), existingKey: key, generate: false };
    expect(given('prepare')).toMatchObject({ ssh });
    expect(given('create')).toMatchObject({ spec: { ssh } });
  });
});
