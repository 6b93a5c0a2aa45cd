import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { gob, type Infer } from '../../src/gob/index.js';
import { emptyStruct, RpcClient } from '../../src/netrpc/index.js';

/** Our net/rpc client and gob against a server that is Go's own: the idle driver of `make tools`. */
describe('RpcClient with a Go plugin', () => {
  const nothing = { type: emptyStruct, value: {} };
  let plugin: ChildProcess;
  let client: RpcClient;

  beforeAll(async () => {
    const idle = join(__dirname, '..', '..', '.tools', 'docker-machine-driver-idle');
    plugin = spawn(idle, { env: { MACHINE_PLUGIN_TOKEN: '42' }, stdio: ['ignore', 'pipe', 'ignore'] });
    if (plugin.stdout === null) throw new Error('stdout is no pipe');
    const [line] = (await once(plugin.stdout, 'data')) as unknown[];
    const [host = '', port] = String(line).trim().split(':');
    client = await RpcClient.connect({ host, port: Number(port) });
  });
  afterAll(() => {
    client.close();
    plugin.kill('SIGKILL');
  });

  test('answers of each type', async () => {
    expect(await client.call('RPCServerDriver.GetVersion', nothing, gob.int)).toBe(1);
    expect(await client.call('RPCServerDriver.DriverName', nothing, gob.string)).toBe('idle');
    expect(await client.call('RpcServerDriver.GetState', nothing, gob.int)).toBe(1);
    expect(await client.call('RPCServerDriver.Heartbeat', nothing, emptyStruct)).toEqual({});
  });

  test('bytes there and back', async () => {
    const config = JSON.stringify({ MachineName: 'naïve', StorePath: '/s', SSHPort: 22 });
    await client.call(
      'RPCServerDriver.SetConfigRaw',
      { type: gob.bytes, value: Buffer.from(config) },
      emptyStruct,
    );
    expect(await client.call('RPCServerDriver.GetMachineName', nothing, gob.string)).toBe('naïve');
    const raw = await client.call('RPCServerDriver.GetConfigRaw', nothing, gob.bytes);
    expect(raw).toBeInstanceOf(Uint8Array);
    expect(Buffer.from(raw).toString()).toContain('"MachineName":"naïve"');
  });

  test('interface values in both directions', async () => {
    const flag = gob.struct('StringFlag', {
      Name: gob.string,
      Usage: gob.string,
      EnvVar: gob.string,
      Value: gob.string,
    });
    const flags = gob.slice(gob.interface({ '*mcnflag.StringFlag': flag }));
    expect(await client.call('RPCServerDriver.GetCreateFlags', nothing, flags)).toEqual([
      {
        name: '*mcnflag.StringFlag',
        value: { Name: 'idle-note', Usage: 'Ignored', EnvVar: 'IDLE_NOTE', Value: '' },
      },
    ]);

    const content = gob.interface({});
    const options = gob.struct('RPCFlags', { Values: gob.map(gob.string, content) });
    const type = gob.interface({ '*rpcdriver.RPCFlags': options });
    const value: Infer<typeof type> = {
      name: '*rpcdriver.RPCFlags',
      value: {
        Values: new Map<string, Infer<typeof content>>([
          ['swarm-master', { name: 'bool', value: true }],
          ['swarm-host', { name: 'string', value: 'tcp://0.0.0.0:3376' }],
          ['swarm-discovery', { name: 'string', value: 'token://x' }],
        ]),
      },
    };
    await client.call('RPCServerDriver.SetConfigFromFlags', { type, value }, emptyStruct);
    const raw = await client.call('RPCServerDriver.GetConfigRaw', nothing, gob.bytes);
    expect(Buffer.from(raw).toString()).toContain('"SwarmDiscovery":"token://x"');
  });

  test('errors, and many calls at once', async () => {
    await expect(client.call('RPCServerDriver.Nope', nothing, gob.string)).rejects.toThrow(
      "rpc: can't find method RPCServerDriver.Nope",
    );
    const names = Array.from({ length: 200 }, () =>
      client.call('RPCServerDriver.DriverName', nothing, gob.string),
    );
    expect(new Set(await Promise.all(names))).toEqual(new Set(['idle']));
  });
});
