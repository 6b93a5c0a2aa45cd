import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PRESET } from '../../src/simulator/index.js';
import { atTerminal } from './at-terminal.js';
import { dist, DOCKER_MACHINE, Machine } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';

const imagesShape = z.object({ entities: z.array(z.object({ metadata: z.object({ uuid: z.string() }) })) });

/** nutanix-hosts init, packaged, against a Prism Central that has several of everything. */
describe('init', () => {
  const program = dist('nutanix-hosts');
  let simulator: Simulator;
  let machine: Machine;
  let folder: string;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(async () => {
    await simulator.stop();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-init-'));
    const named = ['CLUSTER', 'VM_IMAGE', 'VM_NETWORK'].map((name) => [`NUTANIX_${name}`, undefined]);
    machine = new Machine(
      DOCKER_MACHINE,
      { ...simulator.env, ...(Object.fromEntries(named) as Record<string, undefined>) },
      folder,
    );
  });
  afterEach(() => {
    machine.dispose();
    rmSync(folder, { recursive: true });
  });

  const run = (...args: string[]) => machine.startProgram(program, ...args).outcome;
  const text = () => readFileSync(join(folder, 'hosts.yaml'), 'utf8');

  /** plan accepts the file, with the secret in the variable that it names. */
  async function expectPlanned(...hosts: string[]): Promise<void> {
    const { code, stdout } = await run('plan');
    const created = [...stdout.matchAll(/^(\S+) +create /gm)].map(([, name]) => name);
    expect({ code, created }).toEqual({ code: 0, created: hosts });
  }

  test('without a terminal all that is missing is said at once, with what there is', async () => {
    const { code, stderr } = await run('init', '--image', 'nope', '--name-pattern', 'a b');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^--name-pattern a b: .*\n--cluster is needed; there are .*\n--image "nope" .*\n--subnet/,
    );
    expect(stderr).toContain(`"${PRESET.cluster.name}"`);
    expect(stderr).toContain(`"${PRESET.image.name}"`);
    expect(stderr).toContain(`"${PRESET.managedSubnet.name}"`);
    expect(stderr).toMatch(/nothing was written\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('flags are enough; the file is for all to read, has no secret, and is not overwritten', async () => {
    const { cluster, image, managedSubnet } = PRESET;
    const flags = ['--cluster', cluster.name, '--image', image.uuid, '--subnet', managedSubnet.name];
    const first = await run('init', ...flags, '--hosts', '3');
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('docker-1 to docker-3') as unknown,
    });
    expect(statSync(join(folder, 'hosts.yaml')).mode & 0o777).toBe(0o644);
    expect(text()).not.toContain(simulator.env['NUTANIX_PASSWORD']);
    expect(text()).toContain('password-env: NUTANIX_PASSWORD');
    await expectPlanned('docker-1', 'docker-2', 'docker-3');

    const again = await run('init', ...flags);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') as unknown });
    expect(text()).toContain('docker-{1..3}');
    expect(await run('init', ...flags, '--force', '--name-pattern', 'web-{08..09}')).toMatchObject({
      code: 0,
    });
    await expectPlanned('web-08', 'web-09');
    expect(readdirSync(folder)).toEqual(['hosts.yaml']);
  });

  test.each([
    ['a value that no option takes', ['--port', 'abc'], '--port ($NUTANIX_PORT) must be'],
    ['a file of credentials that is not there', ['--credentials-file', 'none'], 'none'],
    ['a folder', ['--output', '.', '--force'], '--output .: is a folder'],
    ['both numbers', ['--hosts', 'x', '--name-pattern', 'a b'], '--hosts x: must be a number'],
  ])('a wrong command line is exit code 2 and writes nothing: %s', async (_, args, expected) => {
    const { code, stderr } = await run('init', ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(expected) as unknown });
    expect(stderr).toMatch(/nothing was written\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('what it says to type next works as it stands', async () => {
    const flags = ['--cluster', PRESET.cluster.name, '--subnet', PRESET.managedSubnet.name];
    const { code, stdout } = await run(
      'init',
      ...flags,
      '--image',
      PRESET.image.name,
      '--output',
      "it's x.yaml",
    );
    expect(code).toBe(0);
    const [, plan = ''] = /^Next: nutanix-hosts (plan .*), then /m.exec(stdout) ?? [];
    const planned = await machine.startProgram('bash', '-c', `"${program}" ${plan}`).outcome;
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('docker-1') as unknown });
  });

  /** A user's terminal, whose environment says nothing of Prism Central but the certificate. */
  function typing(...answers: [string, string][]) {
    return typingWith({ NUTANIX_FINGERPRINT: simulator.env['NUTANIX_FINGERPRINT'] }, ...answers);
  }
  function typingWith(variables: NodeJS.ProcessEnv, ...answers: [string, string][]) {
    const { NUTANIX_PORT = '' } = simulator.env;
    const env = { PATH: process.env['PATH'], HOME: folder, NUTANIX_PORT, ...variables };
    return atTerminal(`${program} init`, answers, { env, cwd: folder });
  }
  /** The answers up to the password. */
  const signIn = (): [string, string][] => [
    ['Prism Central (', `${simulator.env['NUTANIX_ENDPOINT'] ?? ''}\r`],
    ['User name: ', `${simulator.env['NUTANIX_USERNAME'] ?? ''}\r`],
    ['(not shown): ', `${simulator.env['NUTANIX_PASSWORD'] ?? ''}\r`],
  ];

  test('at a terminal it asks; the password is never shown', async () => {
    const { code, screen } = await typing(
      ...signIn(),
      ['Cluster [1]: ', `${PRESET.cluster.name}\r`],
      ['Image [1]: ', '\r'],
      ['Subnet [1]: ', '9\r'],
      ['Subnet [1]: ', '1\r'],
      ['How many hosts [1]: ', '2\r'],
      ['begin with [docker]: ', 'web\r'],
    );
    expect({ code, screen }).toEqual({
      code: 0,
      screen: expect.stringContaining('web-1 to web-2') as unknown,
    });
    expect(screen).not.toContain(simulator.env['NUTANIX_PASSWORD']);
    expect(screen).toContain('Set NUTANIX_PASSWORD to what you typed');
    expect(text()).toContain(`vm-image: ${PRESET.image.name}\n`);
    await expectPlanned('web-1', 'web-2');
    // As it stands, also for the client that makes the hosts; at a terminal of no size, as a serial line is.
    const command = ['-qec', `TERM=xterm ${program} apply`, '/dev/null'];
    const applied = await machine.startProgram('script', ...command).outcome;
    expect(applied).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^HOST +RESULT +TIME +ADDRESS/m) as unknown,
    });
    expect((await simulator.vmNames()).sort()).toEqual(['web-1', 'web-2']);
    expect(await run('destroy', '--yes')).toMatchObject({ code: 0 });
  });

  test('a certificate that no authority signed is shown, and trusted when the user says so', async () => {
    const refused = await typingWith({}, ...signIn(), ['no other? Type yes: ', 'y\r']);
    expect(refused).toMatchObject({ code: 1, screen: expect.stringContaining('self signed') as unknown });
    expect(readdirSync(folder)).toEqual([]);
    const { code, screen } = await typingWith(
      {},
      ...signIn(),
      ['no other? Type yes: ', 'yes\r'],
      ...['Cluster [1]: ', 'Image [1]: ', 'Subnet [1]: '].map((question): [string, string] => [
        question,
        '\r',
      ]),
      ['How many hosts [1]: ', '\r'],
      ['begin with [docker]: ', '\r'],
    );
    expect(code).toBe(0);
    expect(screen).toContain(simulator.env['NUTANIX_FINGERPRINT']);
    machine = machine.withEnvironment({ NUTANIX_FINGERPRINT: undefined });
    await expectPlanned('docker-1');
    expect(text()).toContain(`fingerprint: "${simulator.env['NUTANIX_FINGERPRINT'] ?? ''}"`);
    expect((await run('orphans')).code).toBe(0);
  });

  test('a wrong password is asked for again, and the file is made with the right one', async () => {
    const choices = ['Cluster [1]: ', 'Image [1]: ', 'Subnet [1]: ', 'How many hosts [1]: '];
    const { code, screen } = await typing(
      ...signIn().slice(0, 2),
      ['(not shown): ', 'mistyped\r'],
      ['(not shown): ', `${simulator.env['NUTANIX_PASSWORD'] ?? ''}\r`],
      ...choices.map((question): [string, string] => [question, '\r']),
      ['begin with [docker]: ', '\r'],
    );
    expect({ code, screen }).toEqual({
      code: 0,
      screen: expect.stringMatching(
        /refused user "\w+" \(HTTP 401\).*\s+Password \(not shown\): /,
      ) as unknown,
    });
    expect(screen).not.toContain('mistyped');
    await expectPlanned('docker-1');
  });

  test('a wrong password of the environment is an error, for there it has to be mended', async () => {
    const { code, screen } = await typingWith(
      { NUTANIX_FINGERPRINT: simulator.env['NUTANIX_FINGERPRINT'], NUTANIX_PASSWORD: 'mistyped' },
      ...signIn().slice(0, 2),
    );
    expect({ code, screen }).toEqual({ code: 1, screen: expect.stringContaining('HTTP 401') as unknown });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('another certificate than the pinned one is not asked about', async () => {
    const { code, screen } = await typingWith(
      { NUTANIX_FINGERPRINT: `sha256:${'ab'.repeat(32)}` },
      ...signIn(),
    );
    expect({ code, screen }).toMatchObject({
      code: 1,
      screen: expect.not.stringContaining('Type yes') as unknown,
    });
  });

  test.each([
    ['at the password', () => signIn().slice(0, 2), '(not shown): '],
    ['at a choice', signIn, 'Cluster [1]: '],
  ])('Ctrl-C %s ends it with nothing written', async (_, before, question) => {
    const { code } = await typing(...before(), [question, '\u0003']);
    expect(code).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('Ctrl-D at a choice ends it; the reason does not stand behind the question', async () => {
    const { code, screen } = await typing(...signIn(), ['Cluster [1]: ', '\u0004']);
    expect(code).toBe(1);
    expect(screen).toContain('Cluster [1]: \nask at the terminal: the input ended');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an account that sees no image is told that, and nothing of what it was not asked', async () => {
    const { entities } = imagesShape.parse(await simulator.call('POST', '/api/nutanix/v3/images/list', {}));
    for (const { metadata } of entities)
      await simulator.call('DELETE', `/api/nutanix/v3/images/${metadata.uuid}`);
    const { code, screen } = await typing(...signIn(), ['Cluster [1]: ', '\r']);
    expect(code).toBe(2);
    expect(screen).toContain(
      '--image: this account sees no image that a host can have; check its role\nnothing',
    );
  });
});
