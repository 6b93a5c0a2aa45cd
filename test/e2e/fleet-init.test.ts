import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRESET } from '../../src/simulator/index.js';
import { atTerminal } from './at-terminal.js';
import { dist, DOCKER_MACHINE, Machine } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';

/** nutanix-hosts init, packaged, against a Prism Central that has several of everything. */
describe('init', () => {
  const program = dist('nutanix-hosts');
  let simulator: Simulator;
  let machine: Machine;
  let folder: string;

  beforeAll(async () => {
    simulator = await startSimulator({ guests: 'none' });
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

  /** A user's terminal, whose environment says nothing of Prism Central but the certificate. */
  function typing(...answers: [string, string][]) {
    const { NUTANIX_FINGERPRINT, NUTANIX_PORT = '' } = simulator.env;
    const env = { PATH: process.env['PATH'], HOME: folder, NUTANIX_FINGERPRINT, NUTANIX_PORT };
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
  });

  test.each([
    ['at the password', () => signIn().slice(0, 2), '(not shown): '],
    ['at a choice', signIn, 'Cluster [1]: '],
  ])('Ctrl-C %s ends it with nothing written', async (_, before, question) => {
    const { code } = await typing(...before(), [question, '\u0003']);
    expect(code).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });
});
