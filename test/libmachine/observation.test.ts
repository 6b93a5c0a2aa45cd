import { OperationError, type ErrorCode } from '../../src/support/index.js';
import { aborted } from './fake-backend.js';
import { MemoryProcess } from './memory-process.js';
import { FLAGS, type PluginClient } from './plugin-client.js';

let plugin: MemoryProcess;
let client: PluginClient;

async function start(clientArguments: string[] = []): Promise<void> {
  plugin = new MemoryProcess({ arguments: clientArguments });
  client = await plugin.connect();
  await client.setConfig({ MachineName: 'web-1', StorePath: '/store' });
  await client.setFlags(FLAGS);
  await client.setConfig({ VMId: 'vm-1', IPAddress: '192.0.2.10' });
}

beforeEach(async () => await start());
afterEach(async () => {
  await plugin.end();
});

function fail(method: 'state' | 'address', code: ErrorCode, text = 'no answer'): void {
  plugin.backend.hosts.acts[method] = () =>
    Promise.reject(new OperationError({ code, attempted: `look at "web-1"`, problem: text }));
}

describe('GetState', () => {
  test.each([
    ['running', 1],
    ['paused', 2],
    ['stopped', 4],
    ['stopping', 5],
    ['starting', 6],
    ['error', 7],
  ] as const)('%s is %d', async (state, number) => {
    plugin.backend.hosts.hostState = state;
    await expect(client.call('GetState')).resolves.toBe(number);
  });

  test('a VM that is gone is an error for docker-machine, and a state for rancher-machine', async () => {
    plugin.backend.hosts.hostState = 'not-found';
    await expect(client.call('GetState')).rejects.toThrow(/its VM was not found/);
    await plugin.end();
    await start(['/usr/bin/rancher-machine', 'status', 'web-1']);
    plugin.backend.hosts.hostState = 'not-found';
    await expect(client.call('GetState')).resolves.toBe(9);
  });

  test.each([
    [
      '',
      /^find the state of machine "web-1": its VM was not found .*: its create failed or was interrupted\. .*\(rm web-1\)/,
    ],
    [
      'vm-1',
      /^find the state of machine "web-1": its VM was not found in Prism Central\. If it was deleted there/,
    ],
  ])('what to do about it depends on whether it was ever there: "%s"', async (VMId, text) => {
    await client.setConfig({ VMId });
    plugin.backend.hosts.hostState = 'not-found';
    await expect(client.call('GetState')).rejects.toThrow(text);
  });

  test('"not found" is said of the VM only', async () => {
    fail('state', 'unreachable', 'host not found');
    await expect(client.call('GetState')).rejects.toThrow('host not-found');
  });

  test.each(['unreachable', 'timeout', 'unavailable', 'rate-limited'] as const)(
    'when the cloud is %s: the last known state, with the reason in the log only',
    async (code) => {
      await client.setConfig({ LastState: 'stopped' });
      fail('state', code);
      await expect(client.call('GetState')).resolves.toBe(4);
      expect(plugin.stderr.text).toContain(
        'answering with the last known state, stopped: look at "web-1": no answer',
      );
      expect(plugin.shown).toEqual([]);
    },
  );

  test.each(['unauthenticated', 'permission-denied', 'untrusted-certificate', 'invalid-input'] as const)(
    'when the question is refused (%s): a machine that ran is taken to run, so that SSH works; else the error',
    async (code) => {
      await client.setConfig({ LastState: 'running' });
      fail('state', code);
      await expect(client.call('GetState')).resolves.toBe(1);
      expect(plugin.stderr.text).toContain('answering with the last known state, running');
      await client.setConfig({ LastState: 'stopped' });
      await expect(client.call('GetState')).rejects.toThrow('no answer');
    },
  );

  test('with nothing known: the error', async () => {
    fail('state', 'unreachable');
    await expect(client.call('GetState')).rejects.toThrow('no answer');
  });

  test('comes in under 3 s when the cloud hangs', async () => {
    plugin.backend.hosts.acts.state = async (context) => {
      await aborted(context);
      throw OperationError.from(context.signal.reason, 'state');
    };
    const begin = performance.now();
    await expect(client.call('GetState')).rejects.toThrow(
      'find the state of machine "web-1": not done after 3 s',
    );
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  test('and GetURL in one breath cost one request; after a change it is asked anew', async () => {
    plugin.backend.hosts.hostState = 'stopped';
    await expect(client.call('GetURL')).rejects.toThrow(/^Host is not running$/);
    await Promise.all([client.call('GetState'), client.call('GetState')]);
    expect(plugin.backend.hosts.methods).toEqual(['state']);
    await client.call('Start');
    await expect(client.call('GetState')).resolves.toBe(1);
    expect(plugin.backend.hosts.methods).toEqual(['state', 'start', 'state']);
  });
});

test('an answer that an operation has overtaken is not remembered', async () => {
  let answer = (): void => undefined;
  plugin.backend.hosts.acts.state = () => new Promise<void>((resolve) => (answer = resolve));
  const looking = client.call('GetState');
  await client.call('Stop');
  plugin.backend.hosts.hostState = 'running';
  answer();
  await looking;
  expect(await client.config()).toMatchObject({ LastState: 'stopped' });
});

describe('GetURL', () => {
  test('is the stored address of a machine that runs, IPv6 in brackets', async () => {
    await expect(client.call('GetURL')).resolves.toBe('tcp://192.0.2.10:2376');
    await client.setConfig({ IPAddress: 'fd00::1' });
    await expect(client.call('GetURL')).resolves.toBe('tcp://[fd00::1]:2376');
    await expect(client.call('GetIPv6')).resolves.toBe('fd00::1');
    expect(plugin.backend.hosts.methods).toEqual(['state']);
  });

  test('asks for an address that is not stored', async () => {
    await client.setConfig({ IPAddress: '' });
    await expect(client.call('GetURL')).resolves.toBe('tcp://192.0.2.10:2376');
  });

  test.each(['unauthenticated', 'unreachable', 'untrusted-certificate'] as const)(
    'is the last known one when the cloud is %s',
    async (code) => {
      fail('state', code);
      await expect(client.call('GetURL')).resolves.toBe('tcp://192.0.2.10:2376');
      expect(plugin.stderr.text).toContain(
        'answering with the last known address: look at "web-1": no answer',
      );
    },
  );

  test('is not made up for a machine that was last seen stopped, or whose VM is gone', async () => {
    await client.setConfig({ LastState: 'stopped' });
    fail('state', 'unreachable');
    await expect(client.call('GetURL')).rejects.toThrow(
      'find the URL of machine "web-1": it was stopped when last seen, and now: look at "web-1": no answer',
    );
    await client.setConfig({ LastState: '' });
    delete plugin.backend.hosts.acts.state;
    plugin.backend.hosts.hostState = 'not-found';
    await expect(client.call('GetURL')).rejects.toThrow('its VM was not found');
  });
});

describe('GetIP', () => {
  test('keeps the stored address as long as the machine has it', async () => {
    plugin.backend.hosts.addresses = ['10.9.9.9', '192.0.2.10'];
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
  });

  test('takes a new one, and stores it', async () => {
    plugin.backend.hosts.addresses = ['10.9.9.9'];
    await client.setConfig({ IPNetwork: '10.0.0.0/8' });
    await expect(client.call('GetIP')).resolves.toBe('10.9.9.9');
    expect(plugin.backend.hosts.calls.map(({ given }) => given)).toEqual(['192.0.2.10/32', '10.0.0.0/8']);
    expect(await client.config()).toMatchObject({ IPAddress: '10.9.9.9' });
  });

  test('answers without cloud, without credentials, and for a machine that has no address now', async () => {
    fail('address', 'unreachable');
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
    delete plugin.backend.hosts.acts.address;
    plugin.backend.hosts.addresses = [];
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
    await client.setConfig({ Password: '' });
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
  });

  test('right after Start costs no request', async () => {
    await client.call('Start');
    await client.call('GetIP');
    expect(plugin.backend.hosts.methods).toEqual(['start']);
  });

  test('without any address says so', async () => {
    await client.setConfig({ IPAddress: '' });
    plugin.backend.hosts.addresses = [];
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
  expect(plugin.backend.connections).toEqual([]);
});
