import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import type { Machine } from './machine.js';

const NAME = 'prism.example.test';

/** Runs what follows with other files in the place of those that names are resolved by: $1 to $3. */
const WITH_FILES = `
mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf && mount --bind "$3" /etc/nsswitch.conf &&
shift 3 && exec "$@"`;

/** In a mount namespace of the client's own, so that its names resolve when the test wants it. */
describe('the name of Prism Central', () => {
  let cloud: Cloud;
  let machine: Machine;
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  const files = ['hosts', 'resolv.conf', 'nsswitch.conf'].map((name) => join(folder, name));
  const [hosts = '', resolver = '', order = ''] = files;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine({ NUTANIX_ENDPOINT: NAME, NUTANIX_WAIT_FOR: 'ip' });
    // Nobody answers there: as with a resolver that is away, the answer is "try again".
    writeFileSync(resolver, 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
    writeFileSync(order, 'hosts: files dns\n');
  });
  afterAll(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true });
  });

  const namespace = process.getuid?.() === 0 ? '-m' : '-rm';
  const client = (...args: string[]) =>
    machine.startProgram(
      'unshare',
      namespace,
      'sh',
      '-c',
      WITH_FILES,
      'sh',
      ...files,
      machine.command,
      ...args,
    );

  test('does not resolve for a moment: create goes on as if nothing had been', async () => {
    writeFileSync(hosts, '');
    const creating = client('-D', 'create', '-d', 'nutanix', 'flap-1');
    await creating.seen(/could not be resolved just now|host name is not known/);
    writeFileSync(hosts, `127.0.0.1 ${NAME}\n`);
    const { code, output } = await creating.outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(cloud.vmNames()).toEqual(['flap-1']);
  });

  test('never resolves: said within seconds; rm is refused, and works as soon as it does', async () => {
    writeFileSync(hosts, '');
    const refused = await client('rm', '-y', 'flap-1').outcome;
    expect(refused.output).toContain(NAME);
    expect(refused.output).toMatch(/could not be resolved just now|host name is not known/);
    expect(cloud.vmNames()).toEqual(['flap-1']);
    writeFileSync(hosts, `127.0.0.1 ${NAME}\n`);
    const { code, output } = await client('rm', '-y', 'flap-1').outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });
});
