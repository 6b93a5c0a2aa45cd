import { OperationError, type ErrorCode } from '../../src/support/index.js';
import { aborted } from '../session/fake-hosts.js';
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
  plugin.cloud.hosts.acts.observe = () =>
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
    plugin.cloud.hosts.hostState = state;
    await expect(client.call('GetState')).resolves.toBe(number);
  });

  test('a VM that is gone is an error for docker-machine, and a state for rancher-machine', async () => {
    plugin.cloud.hosts.hostState = 'not-found';
    await expect(client.call('GetState')).rejects.toThrow(/its VM was not found/);
    await plugin.end();
    await start(['/usr/bin/rancher-machine', 'status', 'web-1']);
    plugin.cloud.hosts.hostState = 'not-found';
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
    plugin.cloud.hosts.hostState = 'not-found';
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
        plugin.cloud.guestIsUp = true;
        fail(code);
        await expect(client.call('GetState')).resolves.toBe(1);
        expect(plugin.cloud.probes).toEqual(['192.0.2.10:22,2376']);
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
    expect(plugin.cloud.probes).toEqual([]);
  });

  test('an operation that failed leaves nothing to be believed', async () => {
    await client.call('Stop');
    plugin.cloud.hosts.acts.start = () => Promise.reject(new Error('no'));
    await expect(client.call('Start')).rejects.toThrow('no');
    fail('unreachable');
    await expect(client.call('GetState')).rejects.toThrow('its state is not known (it was stopped');
  });

  test('without an address there is no guest to be asked: the error', async () => {
    await client.setConfig({ IPAddress: '' });
    fail('unreachable');
    await expect(client.call('GetState')).rejects.toThrow(/^look at "web-1": no answer$/);
    expect(plugin.cloud.probes).toEqual([]);
  });

  test('comes within the limit of a question when the cloud hangs', async () => {
    plugin.cloud.hosts.acts.observe = async (context) => {
      await aborted(context);
      throw OperationError.from(context.signal.reason, 'state');
    };
    await expect(client.call('GetState')).rejects.toThrow(
      /^find the state of machine "web-1": its state is not known: .* Prism Central cannot be asked: not done after 3 s$/,
    );
  });

  test('and GetURL in one breath cost one request; after a change it is asked anew', async () => {
    plugin.cloud.hosts.hostState = 'stopped';
    await expect(client.call('GetURL')).rejects.toThrow(/^Host is not running$/);
    await Promise.all([client.call('GetState'), client.call('GetState')]);
    expect(plugin.cloud.hosts.methods).toEqual(['observe']);
    await client.call('Start');
    await expect(client.call('GetState')).resolves.toBe(1);
    expect(plugin.cloud.hosts.methods).toEqual(['observe', 'start', 'observe']);
  });

  test('and GetURL in one breath fail by one request, and one look at the guest', async () => {
    fail('unauthenticated', 'refused');
    await expect(client.call('GetURL')).rejects.toThrow(/refused\. The credentials are those/);
    await expect(client.call('GetState')).rejects.toThrow(/refused\. The credentials are those/);
    expect([plugin.cloud.hosts.methods, plugin.cloud.probes.length]).toEqual([['observe'], 1]);
  });
});

test('an answer that an operation has overtaken is not remembered', async () => {
  let answer = (): void => undefined;
  plugin.cloud.hosts.acts.observe = () => new Promise<void>((resolve) => (answer = resolve));
  const looking = client.call('GetState');
  await client.call('Stop');
  plugin.cloud.hosts.hostState = 'running';
  answer();
  await looking;
  expect(await client.config()).toMatchObject({ LastState: 'stopped' });
});
