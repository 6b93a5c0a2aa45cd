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

function fail(code: ErrorCode, text = 'no answer'): void {
  plugin.backend.hosts.acts.observe = () =>
    Promise.reject(new OperationError({ code, attempted: `look at "web-1"`, problem: text }));
}

/** Silence says nothing about the machine, and neither does a refusal to be asked. */
const CANNOT_BE_ASKED = [
  'unreachable',
  'timeout',
  'unavailable',
  'rate-limited',
  'unexpected-response',
  'unauthenticated',
  'permission-denied',
  'untrusted-certificate',
  'invalid-input',
] as const;

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
    fail('unreachable', 'host not found');
    await expect(client.call('GetState')).rejects.toThrow('host not-found');
  });

  describe.each(CANNOT_BE_ASKED)('when the cloud cannot be asked (%s)', (code) => {
    test.each(['stopped', 'running', ''])(
      'a guest that answers is a machine that runs, last seen "%s"; why is in the log only',
      async (LastState) => {
        await client.setConfig({ LastState });
        plugin.backend.guestIsUp = true;
        fail(code);
        await expect(client.call('GetState')).resolves.toBe(1);
        expect(plugin.backend.probes).toEqual(['192.0.2.10:22,2376']);
        expect(plugin.stderr.text).toContain(
          'answering running, because the guest answers at 192.0.2.10: look at "web-1": no answer',
        );
        expect(plugin.shown).toEqual([]);
      },
    );

    test.each(['stopped', 'running'])(
      'and the guest does not answer, the state is not known, last seen "%s"',
      async (LastState) => {
        await client.setConfig({ LastState });
        fail(code);
        await expect(client.call('GetState')).rejects.toThrow(
          `find the state of machine "web-1": its state is not known (it was ${LastState} when last seen): its guest does not ` +
            'answer at 192.0.2.10, port 22 or 2376, and Prism Central cannot be asked: look at "web-1": no answer',
        );
      },
    );
  });

  test('what an operation of the same process has brought about needs no proof', async () => {
    await client.call('Stop');
    fail('unreachable');
    await expect(client.call('GetState')).resolves.toBe(4);
    expect(plugin.backend.probes).toEqual([]);
  });

  test('an operation that failed leaves nothing to be believed', async () => {
    await client.call('Stop');
    plugin.backend.hosts.acts.start = () => Promise.reject(new Error('no'));
    await expect(client.call('Start')).rejects.toThrow('no');
    fail('unreachable');
    await expect(client.call('GetState')).rejects.toThrow('its state is not known (it was stopped');
  });

  test('without an address there is no guest to be asked: the error', async () => {
    await client.setConfig({ IPAddress: '' });
    fail('unreachable');
    await expect(client.call('GetState')).rejects.toThrow(/^look at "web-1": no answer$/);
    expect(plugin.backend.probes).toEqual([]);
  });

  test('comes in under 3 s when the cloud hangs', async () => {
    plugin.backend.hosts.acts.observe = async (context) => {
      await aborted(context);
      throw OperationError.from(context.signal.reason, 'state');
    };
    const begin = performance.now();
    await expect(client.call('GetState')).rejects.toThrow(
      /^find the state of machine "web-1": its state is not known: .* Prism Central cannot be asked: not done after 3 s$/,
    );
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  test('and GetURL in one breath cost one request; after a change it is asked anew', async () => {
    plugin.backend.hosts.hostState = 'stopped';
    await expect(client.call('GetURL')).rejects.toThrow(/^Host is not running$/);
    await Promise.all([client.call('GetState'), client.call('GetState')]);
    expect(plugin.backend.hosts.methods).toEqual(['observe']);
    await client.call('Start');
    await expect(client.call('GetState')).resolves.toBe(1);
    expect(plugin.backend.hosts.methods).toEqual(['observe', 'start', 'observe']);
  });

  test('and GetURL in one breath fail by one request, and one look at the guest', async () => {
    fail('unauthenticated', 'refused');
    await expect(client.call('GetURL')).rejects.toThrow(/refused$/);
    await expect(client.call('GetState')).rejects.toThrow(/refused$/);
    expect([plugin.backend.hosts.methods, plugin.backend.probes.length]).toEqual([['observe'], 1]);
  });
});

test('an answer that an operation has overtaken is not remembered', async () => {
  let answer = (): void => undefined;
  plugin.backend.hosts.acts.observe = () => new Promise<void>((resolve) => (answer = resolve));
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
    plugin.backend.hosts.addresses = [];
    await expect(client.call('GetIPv6')).resolves.toBe('fd00::1');
    expect(plugin.backend.hosts.methods).toEqual(['observe']);
  });

  test('asks for an address that is not stored', async () => {
    await client.setConfig({ IPAddress: '' });
    await expect(client.call('GetURL')).resolves.toBe('tcp://192.0.2.10:2376');
  });

  test('of a guest that answers is known also when Prism Central is silent, to every command', async () => {
    fail('unreachable');
    plugin.backend.guestIsUp = true;
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
    plugin.backend.guestIsUp = true;
    plugin.clientArguments = words;
    fail('unauthenticated', 'refused');
    const url = client.call('GetURL');
    if (isTold) await expect(url).rejects.toThrow(/^look at "web-1": refused$/);
    else await expect(url).resolves.toBe('tcp://192.0.2.10:2376');
    await expect(client.call('GetState')).resolves.toBe(1);
  });

  test.each(['permission-denied', 'untrusted-certificate', 'invalid-input'] as const)(
    'where the question is refused (%s), `ls` is told',
    async (code) => {
      plugin.backend.guestIsUp = true;
      plugin.clientArguments = ['ls'];
      fail(code, 'refused');
      await expect(client.call('GetURL')).rejects.toThrow(/^look at "web-1": refused$/);
    },
  );

  test('is not made up for a machine that does not run, or whose VM is gone', async () => {
    await client.setConfig({ LastState: 'running' });
    fail('unreachable');
    await expect(client.call('GetURL')).rejects.toThrow(/its state is not known \(it was running when/);
    await client.call('Start');
    delete plugin.backend.hosts.acts.observe;
    plugin.backend.hosts.hostState = 'not-found';
    await expect(client.call('GetURL')).rejects.toThrow('its VM was not found');
  });
});

describe('an address that the cloud lists no more', () => {
  beforeEach(() => (plugin.backend.hosts.addresses = ['10.9.9.9', '10.9.9.10']));

  test.each<[string, unknown]>([
    ['GetURL', 'tcp://10.9.9.9:2376'],
    ['GetIP', '10.9.9.9'],
    ['GetSSHHostname', '10.9.9.9'],
  ])('is given up by %s, with the read that it makes', async (method, expected) => {
    await client.setConfig({ IPNetwork: '10.0.0.0/8' });
    await expect(client.call(method)).resolves.toBe(expected);
    expect(plugin.backend.hosts.calls.map(({ method: made, given }) => [made, given])).toEqual([
      ['observe', expect.objectContaining({ knownAddress: '192.0.2.10', addressNetwork: '10.0.0.0/8' })],
    ]);
    expect(await client.config()).toMatchObject({ IPAddress: '10.9.9.9' });
    expect(plugin.shown).toEqual([]);
    expect(plugin.stderr.text).toContain('the address has changed from 192.0.2.10 to 10.9.9.9');
  });

  test('is given up for SSH by the read that GetState makes', async () => {
    await client.call('GetState');
    await expect(client.call('GetSSHHostname')).resolves.toBe('10.9.9.9');
    expect(plugin.backend.hosts.methods).toEqual(['observe']);
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
    plugin.backend.hosts.hostState = 'stopped';
    await client.call('GetState');
    await expect(client.call('GetSSHHostname')).resolves.toBe('192.0.2.10');
  });
});

describe('GetIP', () => {
  test('keeps the stored address as long as the machine has it', async () => {
    plugin.backend.hosts.addresses = ['10.9.9.9', '192.0.2.10'];
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
  });

  test('answers without cloud, without credentials, and for a machine that has no address now', async () => {
    fail('unreachable');
    await expect(client.call('GetIP')).resolves.toBe('192.0.2.10');
    delete plugin.backend.hosts.acts.observe;
    plugin.backend.hosts.addresses = [];
    await client.call('Kill');
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
