import { z } from 'zod';
import { clientFromArguments } from '../../src/libmachine/client.js';
import { Machine } from '../../src/libmachine/machine/index.js';
import { PluginLog } from '../../src/logging/index.js';
import { rpcServices } from '../../src/libmachine/rpc-service.js';
import { systemClock } from '../../src/support/index.js';
import { FakeCloud } from './fake-cloud.js';
import { METHODS, OFFICIAL_FLAGS } from './golden.js';
import { MemoryProcess } from './memory-process.js';
import { FLAGS, type PluginClient } from './plugin-client.js';

const SERVICES = METHODS.services;

describe('the method table', () => {
  test('is that of the protocol, under both service names', () => {
    const sink = { broken: false, write: () => undefined, flush: () => Promise.resolve() };
    const log = new PluginLog(sink, sink);
    const machine = new Machine({
      cloud: new FakeCloud(),
      log,
      clock: systemClock,
      environment: {},
      folder: () => '/',
    });
    const services = rpcServices({ machine, client: clientFromArguments([]), onClose: () => undefined });
    expect(Object.keys(services)).toEqual(SERVICES);
    const expected = METHODS.methods.map(({ name }) => name).sort();
    for (const methods of Object.values(services)) expect(Object.keys(methods).sort()).toEqual(expected);
  });
});

describe.each(SERVICES)('%s over a socket', (service) => {
  let plugin: MemoryProcess;
  let client: PluginClient;

  beforeEach(async () => {
    plugin = new MemoryProcess();
    client = (await plugin.connect()).as(service);
    await client.setConfig({ MachineName: 'web-1', StorePath: '/store', SSHUser: '', SSHPort: 0 });
  });

  afterEach(async () => {
    await plugin.end();
  });

  test('a whole life, every method with its reply', async () => {
    await client.setFlags(FLAGS);
    const life: [string, unknown][] = [
      ['GetVersion', 1],
      ['Heartbeat', {}],
      ['DriverName', 'nutanix'],
      ['GetMachineName', 'web-1'],
      ['PreCreateCheck', {}],
      ['Create', {}],
      ['GetState', 1],
      ['GetIP', '192.0.2.10'],
      ['GetURL', 'tcp://192.0.2.10:2376'],
      ['GetSSHHostname', '192.0.2.10'],
      ['GetSSHPort', 22],
      ['GetSSHUsername', 'root'],
      ['GetSSHKeyPath', '/store/machines/web-1/id_rsa'],
      ['Stop', {}],
      ['GetState', 4],
      ['Start', {}],
      ['Restart', {}],
      ['Kill', {}],
      ['GetState', 4],
      ['Remove', {}],
    ];
    for (const [method, reply] of life) expect([method, await client.call(method)]).toEqual([method, reply]);
    const asked = plugin.cloud.hosts.methods.filter((method) => method !== 'observe');
    expect(asked).toEqual(['prepare', 'create', 'stop', 'start', 'restart', 'kill', 'remove']);
  });

  test('methods that may fail do it with one readable line', async () => {
    await expect(client.call('GetSSHHostname')).rejects.toThrow(
      'find the address of machine "web-1": IP address is not set',
    );
    await expect(client.call('GetIPv6')).rejects.toThrow('IPv6 address is not set');
    await expect(client.call('UpdateLabels', new Map([['a', 'b']]))).rejects.toThrow(
      'driver does not support labels',
    );
    await expect(client.call('SetConfigRaw', Buffer.from('{'))).rejects.toThrow('not valid JSON');
    await expect(client.setFlags({})).rejects.toThrow('--nutanix-cluster ($NUTANIX_CLUSTER) is required');
    await expect(client.call('Upgrade')).rejects.toThrow(`rpc: can't find method ${service}.Upgrade`);
  });
});

describe('GetCreateFlags', () => {
  /** As Go's types have them: by name, with kind, variable and default. */
  const flagList = z.array(
    z.object({
      name: z.string(),
      value: z.object({
        Name: z.string(),
        Usage: z.string(),
        EnvVar: z.string(),
        Value: z.unknown().optional(),
      }),
    }),
  );

  test('gives every option as a flag of its kind', async () => {
    const plugin = new MemoryProcess();
    const client = await plugin.connect();
    const flags = flagList.parse(await client.call('GetCreateFlags'));
    const byName = new Map(flags.map(({ name, value }) => [value.Name, { type: name, ...value }]));
    expect(byName.size).toBe(flags.length);
    expect(byName.get('nutanix-vm-mem')).toEqual({
      type: '*mcnflag.IntFlag',
      Name: 'nutanix-vm-mem',
      Usage: 'Memory in MiB',
      EnvVar: 'NUTANIX_VM_MEM',
      Value: 2048,
    });
    // A client adds a list's variable to the values of the command line, or ignores it: we read it.
    expect(byName.get('nutanix-vm-gpu')).toMatchObject({ EnvVar: '', Value: [] });
    expect(byName.get('nutanix-vm-gpu')?.Usage).toContain('[$NUTANIX_VM_GPU, separated by commas]');
    const types = { string: 'StringFlag', int: 'IntFlag', bool: 'BoolFlag', slice: 'StringSliceFlag' };
    for (const { name, kind } of OFFICIAL_FLAGS) {
      expect(byName.get(name)?.type).toBe(`*mcnflag.${types[kind]}`);
    }
    await plugin.end();
  });
});

test('Close is answered, and the process ends with exit code 0', async () => {
  const plugin = new MemoryProcess();
  const client = await plugin.connect();
  await expect(client.call('Close')).resolves.toEqual({});
  await expect(plugin.exitCode).resolves.toBe(0);
});
