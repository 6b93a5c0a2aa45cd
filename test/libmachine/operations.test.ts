import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OperationError } from '../../src/support/index.js';
import { aborted } from '../session/fake-hosts.js';
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

const problem = (
  code: 'unreachable' | 'unauthenticated' | 'not-found' | 'internal',
  text: string,
): OperationError => new OperationError({ code, attempted: 'ask', problem: text });

describe('operations', () => {
  test('that change the machine run one after the other; looks go on beside them', async () => {
    const { hosts } = plugin.cloud;
    let release = (): void => undefined;
    hosts.acts.stop = () => new Promise<void>((resolve) => (release = resolve));
    const stop = client.call('Stop');
    const start = client.call('Start');
    await client.call('GetState');
    await client.call('Heartbeat');
    expect([...hosts.methods].sort()).toEqual(['observe', 'stop']);
    release();
    await Promise.all([stop, start]);
    expect(hosts.methods.at(-1)).toBe('start');
  });

  test('one that fails does not keep the next one from running', async () => {
    plugin.cloud.hosts.acts.stop = () => Promise.reject(problem('unreachable', 'no route'));
    const stop = client.call('Stop');
    await expect(Promise.all([client.call('Kill'), stop.catch(() => 'failed')])).resolves.toEqual([
      {},
      'failed',
    ]);
  });

  test('end at --nutanix-timeout, saying what to do', async () => {
    await client.setConfig({ Timeout: 1 });
    plugin.cloud.hosts.acts.start = async (context) => {
      await aborted(context);
      throw OperationError.from(context.signal.reason, 'start');
    };
    await expect(client.call('Start')).rejects.toThrow(
      /^start machine "web-1": not done after 1 s\. .*--nutanix-timeout \(now 1 s\)/,
    );
  });

  test('say each thing once, to the person while they wait, without secrets', async () => {
    plugin.cloud.hosts.acts.start = (context) => {
      for (const line of ['task RUNNING', 'task RUNNING', 'sent top-secret-password']) context.progress(line);
      return Promise.resolve();
    };
    plugin.cloud.hosts.acts.observe = (context) => {
      context.progress('looking');
      return Promise.resolve();
    };
    await client.call('Start');
    await client.call('GetState');
    expect(plugin.shown).toEqual(['task RUNNING', 'sent [secret]']);
    expect(plugin.stderr.text).toContain('looking\n');
  });

  test('are given the guest’s time to shut down on top of a limit that is too short for it', async () => {
    await client.setConfig({ Timeout: 1, StopTimeout: 0 });
    plugin.cloud.hosts.acts.stop = async (context) => {
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      context.signal.throwIfAborted();
    };
    await expect(client.call('Stop')).resolves.toEqual({});
  });

  test('after a new address say what has to be done', async () => {
    plugin.cloud.hosts.addresses = ['192.0.2.99'];
    await client.call('Start');
    expect(plugin.shown).toEqual([
      'WARNING: the address has changed from 192.0.2.10 to 192.0.2.99: run "docker-machine regenerate-certs web-1"',
    ]);
    expect(await client.config()).toMatchObject({ IPAddress: '192.0.2.99' });
  });

  test('errors cross as one line without secrets, never empty, never too long', async () => {
    const { acts } = plugin.cloud.hosts;
    acts.start = () => Promise.reject(problem('internal', `got top-secret-password\n\n${'x'.repeat(9_000)}`));
    const long = String(await client.call('Start').catch((error: unknown) => error));
    expect(long).toMatch(/got \[secret\] x+…$/);
    expect(long.length).toBeLessThan(4_200);
    acts.start = () => Promise.reject(new Error(''));
    await expect(client.call('Start')).rejects.toThrow(/start machine "web-1"/);
  });
});

describe('Remove', () => {
  test('of what was never created needs neither network nor credentials', async () => {
    await client.setConfig({ VMId: '', Endpoint: '', Password: '' });
    await expect(client.call('Remove')).resolves.toEqual({});
    expect(plugin.cloud.connections).toEqual([]);
  });

  test('never fails with words that rancher-machine takes for success', async () => {
    plugin.cloud.hosts.acts.remove = () =>
      Promise.reject(problem('unreachable', 'host Not Found: 404 not found'));
    await expect(client.call('Remove')).rejects.toThrow('host Not-Found: 404 not-found');
  });
});

test('a connection that could not be made is tried again', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'operations-')), 'credentials');
  await client.setConfig({ CredentialsFile: path });
  await expect(client.call('Start')).rejects.toThrow('there is no such file');
  writeFileSync(path, 'api-key=k');
  await expect(client.call('Start')).resolves.toEqual({});
  rmSync(dirname(path), { recursive: true });
});

describe('credentials that are refused', () => {
  test('are looked up again the next time', async () => {
    plugin.cloud.hosts.acts.start = () => Promise.reject(problem('unauthenticated', 'wrong password'));
    await expect(client.call('Start')).rejects.toThrow('wrong password');
    delete plugin.cloud.hosts.acts.start;
    await client.call('Start');
    expect(plugin.cloud.connections).toHaveLength(2);
    expect(plugin.cloud.closed).toBe(1);
  });
});
