import { OFFICIAL_CONFIG } from './golden.js';
import { MemoryProcess } from './memory-process.js';

describe('a machine of the official driver', () => {
  test('works for every operation', async () => {
    const plugin = new MemoryProcess();
    const client = await plugin.connect();
    await client.setConfig(OFFICIAL_CONFIG);
    const identity = { name: 'old-1', creationToken: undefined, vmId: OFFICIAL_CONFIG['VMId'] };
    plugin.cloud.hosts.addresses = ['192.0.2.31'];
    for (const method of ['GetState', 'Stop', 'Start', 'Restart', 'Kill', 'Remove'])
      await client.call(method);
    for (const call of plugin.cloud.hosts.calls) expect(call.identity).toEqual(identity);
    expect(plugin.cloud.hosts.methods).toEqual(['observe', 'stop', 'start', 'restart', 'kill', 'remove']);
    expect(plugin.cloud.connections[0]).toEqual({
      host: 'prism.example.test',
      port: 9440,
      trust: { kind: 'insecure' },
      proxyUrl: undefined,
      credentials: { kind: 'password', username: 'operator', password: 'stored <&> secret' },
    });
    await plugin.end();
  });
});
