import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cloud } from './cloud.js';
import type { Machine } from './machine.js';

/** In s; enough for a busy computer to have sent its first request. */
const LIMIT = '10';

/** What a user reads when Prism Central does not answer in time: which server, what was waited for, what to do. */
describe('the time limit is over', () => {
  let cloud: Cloud;
  let machine: Machine;
  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine({ NUTANIX_WAIT_FOR: 'ip' });
    await machine.run('create', '-d', 'nutanix', 'late-1');
    // A machine keeps the limit that it was created with, and a create that succeeds may need more than this.
    const path = join(machine.store, 'machines', 'late-1', 'config.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"Timeout": ?\d+/, `"Timeout": ${LIMIT}`));
  });
  afterEach(() => cloud.simulator.clearFaults());
  afterAll(() => cloud.close());

  const COMMANDS = {
    create: ['create', '-d', 'nutanix', '--nutanix-timeout', LIMIT, 'late-2'],
    kill: ['kill', 'late-1'],
    rm: ['rm', '-y', 'late-1'],
  } as const;

  test.each(['create', 'kill', 'rm'] as const)('%s: a server that says nothing', async (command) => {
    cloud.simulator.addFault({ name: 'silence', match: { path: '/**' }, do: { hang: true } });
    const { output } = await machine.attempt(...COMMANDS[command]);
    const server = `127.0.0.1:${cloud.simulator.port}`;
    expect(output).toMatch(new RegExp(`not done after \\d+ s; was waiting for the answer of ${server} \\(`));
    expect(output).toContain(
      `Check whether Prism Central serves requests at ${server}. More time can be given with`,
    );
    expect(output).toMatch(/with --nutanix-timeout \(now \d+ s\)/);
    expect(output).not.toContain('Look at the VM');
  });

  test('create: a server that asks to come back in an hour', async () => {
    const headers = { 'retry-after': '3600' };
    cloud.simulator.addFault({ name: 'later', match: { path: '/**' }, do: { status: 429, headers } });
    const { output } = await machine.attempt(...COMMANDS.create);
    const server = `127.0.0.1:${cloud.simulator.port}`;
    expect(output).toContain(
      `was waiting for the moment to ask ${server} again, last seen: HTTP 429 with the wish to be left alone for 3600 s`,
    );
    expect(output).toContain(`Check whether Prism Central serves requests at ${server}.`);
  });
});
