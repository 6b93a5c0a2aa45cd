import { MemoryProcess } from './memory-process.js';

const RUNNING = 1;
const REFUSED = { MachineName: 'web-1', StorePath: '/store', CreationKey: 'unreadable', VMId: 'vm-1' };

/** libmachine's `restart` calls the driver for a machine that runs or is stopped, and otherwise tries SSH for minutes. */
describe('restart', () => {
  test.each([
    ['docker-machine', 'restart', RUNNING],
    ['docker-machine', 'start', 'error'],
    ['docker-machine', 'status', 'error'],
    ['rancher-machine', 'restart', RUNNING],
    ['rancher-machine', 'status', 'error'],
  ])(
    'of a machine that cannot be seen gets as far as the driver: %s %s is told %s',
    async (name, verb, told) => {
      const line = [name, verb, 'web-1'];
      const plugin = new MemoryProcess({ arguments: name === 'rancher-machine' ? line : [] });
      plugin.clientArguments = line.slice(1);
      const client = await plugin.connect();
      await client.setConfig(REFUSED);
      const state = await client.call('GetState', {}).catch(() => 'error');
      expect(state).toBe(told);
      await plugin.end();
    },
  );
});
