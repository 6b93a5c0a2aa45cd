/** A fleeting plugin whose group is a list in memory: what remains is go-plugin, for GitLab's own host to try. */
import type { InstanceGroup, InstanceState } from '../../../src/fleeting/index.js';
import { servePlugin } from '../../../src/go-plugin/index.js';
import { OperationError } from '../../../src/support/index.js';

const instances = new Map<string, InstanceState>();

const group: InstanceGroup = {
  init: (config, connector) => {
    if (config.length === 0) {
      throw new OperationError({ code: 'invalid-input', attempted: 'start', problem: 'max_size is missing' });
    }
    // What prints in a plugin must not get to its host's reader.
    console.log('x'.repeat(100_000));
    process.stdout.write('to standard output\n');
    return Promise.resolve({ id: connector.username, maxSize: 4, version: '1', buildInfo: 'test' });
  },
  update: (report) => {
    for (const [name, state] of instances) report(name, state);
    return Promise.resolve();
  },
  increase: (count) => {
    for (let i = 0; i < count; i += 1) instances.set(`vm-${instances.size + 1}`, 'running');
    return Promise.resolve(count);
  },
  decrease: (names) => {
    for (const name of names) instances.delete(name);
    return Promise.resolve(names);
  },
  connectInfo: () => Promise.reject(new Error('there is no way')),
  heartbeat: (instance, { signal }) =>
    instance === 'vm-1'
      ? Promise.resolve()
      : new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up')))),
  shutdown: () => {
    process.stderr.write('shutdown was called\n');
    return Promise.resolve();
  },
};

void servePlugin({
  handshake: {
    cookie: { name: 'FLEETING_INSTANCE_GROUP_PLUGIN', value: '4c6410b1-cb78-4962-8c76-ab936d0ea908' },
    protocolVersion: 0,
  },
  explain: () => Promise.resolve('This is a plugin.\n'),
  endLimitMs: 5_000,
  load: async (log) => {
    const { InstanceGroupService } = await import('../../../src/fleeting/index.js');
    const onSecret = (secret: string): void => log.redactor.add(secret);
    const service = new InstanceGroupService({ group, logger: log, onSecret });
    return { services: [service.offered()], end: async (reason) => await service.end(reason) };
  },
}).then((exitCode) => process.exit(exitCode));
