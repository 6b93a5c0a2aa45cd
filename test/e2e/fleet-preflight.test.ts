import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOTHING_LEFT } from './cloud.js';
import { FleetOfFive, NAMES } from './fleet-of-five.js';
import { dist, ROOT, type Machine } from './machine.js';
import type { Outcome } from './run.js';
import { COUNTED, onApi } from './spoken-api.js';

/** What nutanix-hosts says before it makes anything. */
describe('nutanix-hosts before anything is made', () => {
  let fleet: FleetOfFive;

  beforeAll(async () => {
    fleet = await FleetOfFive.start();
  });
  afterEach(() => fleet.destroyed());
  afterAll(() => fleet.close());

  function hosts(command: string, text: string, machine: Machine = fleet.machine): Promise<Outcome> {
    const file = join(fleet.folder, 'wrong.yaml');
    writeFileSync(file, text);
    return machine.startProgram(dist('nutanix-hosts'), command, '-f', file).outcome;
  }

  const requests = (): Readonly<Record<string, number>> => fleet.cloud.simulator.snapshot().requests.counts;
  const total = (): number => fleet.cloud.simulator.snapshot().requests.total;

  const WRONG = `name: web
groups:
  - name: web
    count: 5
    nutanix: { vm-image: debian-13, cloud-init-file: none.yaml }
install:
  - { name: i, on: { role: web }, run: ls, environment: [TOKEN] }
`;

  test.each(['plan', 'apply'])('%s: all that is wrong at once, and nothing is made', async (command) => {
    const { code, stderr } = await hosts(
      command,
      WRONG,
      fleet.machine.withEnvironment({ NUTANIX_VM_NETWORK: 'no-net' }),
    );
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(
        /wrong\.yaml:5:16: look up image "debian-13": there is no image .* This account sees /,
      ),
      expect.stringMatching(/wrong\.yaml:5:37: --nutanix-cloud-init-file .*none\.yaml \(ENOENT\)$/),
      expect.stringMatching(/wrong\.yaml:7:58: the environment variable TOKEN is not set/),
      expect.stringMatching(/^\$NUTANIX_VM_NETWORK: look up subnet "no-net": there is no subnet /),
      '4 problems; nothing was made or changed.',
    ]);
    expect(code).toBe(2);
    expect(fleet.cloud.left()).toEqual(NOTHING_LEFT);
    expect(await fleet.machine.run('ls', '-q')).toBe('');
  });

  test('five hosts whose names are right: one sign-in, three requests, and those that find out the API', async () => {
    const [before, signIns] = [total(), requests()];
    const { code, stdout } = await fleet.start('plan').outcome;
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is not there') as unknown,
    });
    // v4: one list of versions; v3: that list is missing, and so are three older ways to ask.
    expect(total() - before).toBe(3 + onApi({ v3: 4, v4: 1 }));
    for (const list of COUNTED.lists) expect(requests()[list]).toBe((signIns[list] ?? 0) + 1);
  });

  test('swarm.yaml on emulated guests: container guests are needed, before five hosts are made', async () => {
    const text = readFileSync(join(ROOT, 'examples', 'swarm.yaml'), 'utf8');
    writeFileSync(join(fleet.folder, 'web.stack.yaml'), 'services: {}\n');
    const { code, stderr } = await hosts('apply', text);
    expect(stderr).toMatch(
      /wrong\.yaml:12:5: a swarm needs guests with a real Docker engine.*--guests container/,
    );
    expect(code).toBe(2);
    expect(fleet.cloud.left()).toEqual(NOTHING_LEFT);
  });

  test('a wrong password is tried once for five hosts', async () => {
    const before = total();
    const { code, output } = await fleet.start('apply', { NUTANIX_PASSWORD: 'wrong' }).outcome;
    expect({ code, output }).toMatchObject({ code: 2 });
    expect(output.match(/refused user "admin" \(HTTP 401\)/g)).toHaveLength(1);
    expect(output).toContain('sign in to Prism Central: ');
    expect(total() - before).toBe(1);
  });

  test('an outage at the very start is waited for', async () => {
    const { simulator } = fleet.cloud;
    simulator.addFault({ name: 'outage', do: { status: 503, effect: 'none' } });
    const run = fleet.start('apply');
    await run.seen(/warning: Prism Central is away \(.*503.*\); waiting for it, for up to 5 min 00 s/);
    await fleet.struck('outage', 9);
    expect(simulator.removeFault('outage')).toBe(true);
    const { code, output } = await run.outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('Prism Central answers again');
    expect(fleet.cloud.vmNames().sort()).toEqual(NAMES);
  });

  test('an outage that lasts longer than the time limit: the error, and nothing is made', async () => {
    fleet.cloud.simulator.addFault({ name: 'outage', do: { status: 503, effect: 'none' } });
    const { code, output } = await fleet.start('apply', { NUTANIX_TIMEOUT: '30' }).outcome;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/waiting for it, for up to 30\.0 s\nask Prism Central: .*503/);
    expect(await fleet.machine.run('ls', '-q')).toBe('');
  });

  test('plan does not wait for Prism Central, and says what it does not know', async () => {
    fleet.cloud.simulator.addFault({ name: 'outage', do: { status: 503, effect: 'none' } });
    const { code, output } = await fleet.start('plan').outcome;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/warning: names were not looked up: .*503/);
    expect(output).toMatch(/web-5\s+create/);
  });

  test.each(['apply', 'plan', 'status', 'destroy', 'ssh', 'env'])(
    '%s with a DOCKER_MACHINE that is none: its error',
    async (command) => {
      const machine = fleet.cloud.machine({}, '/bin/true');
      const host = command === 'ssh' || command === 'env' ? ['web-1'] : [];
      const args = [command, '-f', fleet.file, ...host];
      const { code, stderr } = await machine.startProgram(dist('nutanix-hosts'), ...args).outcome;
      expect(stderr).toContain('DOCKER_MACHINE names /bin/true, but that is no docker-machine');
      expect(code).toBe(2);
    },
  );
});
