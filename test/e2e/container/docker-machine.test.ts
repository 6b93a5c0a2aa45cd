import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOCKER_MACHINE, Machine, RANCHER_MACHINE } from '../machine.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { describeWith, startTestEngine } from './engine.js';

jest.setTimeout(600_000);

const engine = startTestEngine();
afterAll(() => engine?.stop());

/** What is left in the engine of the test: containers, volumes and networks. */
function leftInEngine(): string {
  const lists = [
    ['ps', '--all', '--quiet'],
    ['volume', 'ls', '--quiet'],
    ['network', 'ls', '--quiet', '--filter', 'driver=bridge'],
  ];
  return lists.map((list) => engine?.docker(...list)).join('');
}

/** Names of the disk files that loop devices of this machine are attached to. */
function attachedDisks(): string[] {
  const list = execFileSync('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE']).toString();
  return [...list.matchAll(/([0-9a-f-]{36})\.img/g)].map(([, uuid = '']) => uuid);
}

/** A host with a data disk of its own, from create to rm, driven by the real client. The tests build on each other. */
describeWith(engine)('docker-machine with container guests', () => {
  let simulator: Simulator;
  let machine: Machine;
  let disks: readonly string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'container-guests-'));

  beforeAll(async () => {
    simulator = await startSimulator({ dockerHost: engine?.dockerHost });
    machine = new Machine(DOCKER_MACHINE, simulator.env);
  });
  afterAll(async () => {
    machine.dispose();
    rmSync(folder, { recursive: true, force: true });
    await simulator.stop();
  });

  /** Runs the docker client against the machine's engine. */
  async function docker(...args: string[]): Promise<string> {
    const config = await machine.run('config', 'web-1');
    const options = config.split('\n').map((line) => line.replaceAll('"', ''));
    return execFileSync('docker', [...options.flatMap((line) => line.split(' ')), ...args])
      .toString()
      .trim();
  }
  const inContainer = async (script: string): Promise<string> =>
    await docker('run', '--rm', '--volume', 'kept:/kept', 'busybox', '/busybox', 'sh', '-c', script);

  test('create ends with a running engine', async () => {
    const options = [
      '--nutanix-vm-cpus',
      '1',
      '--nutanix-docker-disk-size',
      '6',
      '--nutanix-vm-image-size',
      '12',
    ];
    expect(await machine.run('create', '-d', 'nutanix', ...options, 'web-1')).toContain(
      'Docker is up and running!',
    );
    // Other simulators on this machine attach disks too.
    const own = await simulator.diskUuids();
    disks = attachedDisks().filter((uuid) => own.includes(uuid));
    expect(disks).toHaveLength(2);
  });

  test('ls shows it running, with the version of a real engine', async () => {
    const line = await machine.run('ls', '--format', '{{.Name}} {{.State}} {{.DockerVersion}} {{.Error}}');
    expect(line).toMatch(/^web-1 Running v\d+\.\d+\.\d+\S*$/);
  });

  test("the Docker disk is /var/lib/docker's file system, and the system disk has its size", async () => {
    expect(
      await machine.run('ssh', 'web-1', 'findmnt -no SOURCE,FSTYPE --mountpoint /var/lib/docker | tail -n 1'),
    ).toMatch(/^\/dev\/sdb\s+xfs$/);
    expect(await machine.run('ssh', 'web-1', 'lsblk -bdno NAME,SIZE,TYPE')).toMatch(
      new RegExp(`^sda\\s+${12 * 2 ** 30}\\s+disk\\s+sdb\\s+${6 * 2 ** 30}\\s+disk$`),
    );
    expect(await docker('info', '--format', '{{.DockerRootDir}} {{.Driver}} {{.NCPU}}')).toBe(
      '/var/lib/docker overlay2 1',
    );
  });

  test('a container runs, from a root file system of one program', async () => {
    await machine.run('scp', 'web-1:/bin/busybox', folder);
    const archive = join(folder, 'busybox.tar');
    execFileSync('tar', ['--directory', folder, '--create', '--file', archive, 'busybox']);
    await docker('import', archive, 'busybox');
    expect(await inContainer('echo first > /kept/file; cat /kept/file')).toBe('first');
  });

  test('its volume is kept over stop and start', async () => {
    await machine.run('stop', 'web-1');
    expect(await machine.run('status', 'web-1')).toBe('Stopped');
    await machine.run('start', 'web-1');
    expect(await inContainer('cat /kept/file; echo second > /kept/file')).toBe('first');
  });

  test('and over restart', async () => {
    await machine.run('restart', 'web-1');
    expect(await inContainer('cat /kept/file')).toBe('second');
  });

  test('the engine becomes a swarm', async () => {
    expect(await docker('swarm', 'init')).toContain('Swarm initialized');
    expect(await docker('node', 'ls', '--format', '{{.Hostname}} {{.Status}}')).toBe('web-1 Ready');
  });

  test('rm leaves nothing', async () => {
    await machine.run('rm', '-y', 'web-1');
    expect(await simulator.vmNames()).toEqual([]);
    expect(leftInEngine()).toBe('');
    expect(attachedDisks().filter((uuid) => disks.includes(uuid))).toEqual([]);
  });
});

describeWith(engine)('rancher-machine with container guests', () => {
  let simulator: Simulator;
  let machine: Machine;
  const createHost = async (): Promise<string> =>
    (await machine.attempt('create', '-d', 'nutanix', 'node-1')).output;

  beforeEach(async () => {
    simulator = await startSimulator({ dockerHost: engine?.dockerHost });
    machine = new Machine(RANCHER_MACHINE, simulator.env);
  });
  afterEach(async () => {
    machine.dispose();
    await simulator.stop();
  });

  test('creates a host and removes it', async () => {
    expect(await createHost()).toContain('Docker is up and running!');
    await machine.run('rm', '-y', 'node-1');
    expect(leftInEngine()).toBe('');
  });

  test('guests of a simulator that was killed are removed by the next one', async () => {
    expect(await createHost()).toContain('Docker is up and running!');
    await simulator.kill();
    expect(leftInEngine()).not.toBe('');
    simulator = await startSimulator({ dockerHost: engine?.dockerHost });
    expect(leftInEngine()).toBe('');
  });

  test('guests of a simulator that is interrupted are removed at once, also while they boot', async () => {
    const creating = machine.start('create', '-d', 'nutanix', 'node-1');
    await creating.seen(/waiting for SSH/);
    expect(leftInEngine()).not.toBe('');
    await simulator.stop();
    expect(leftInEngine()).toBe('');
    creating.killGroup();
    await creating.outcome;
  });
});
