import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Machine } from '../machine.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { describeWith, type TestEngine } from './engine.js';
import { attachedDisks } from './loop-devices.js';

/** What `create` is asked for: one CPU, a grown system disk, and a disk for Docker. */
const HARDWARE = [
  ...['--nutanix-vm-cpus', '1', '--nutanix-vm-mem', '1536'],
  ...['--nutanix-vm-image-size', '12', '--nutanix-docker-disk-size', '6'],
];

/** A host on container guests from create to rm, driven by a real client. The tests build on each other. */
export function describeHostLife(engine: TestEngine | undefined, client: string, command: string): void {
  describeWith(engine)(`${client} with container guests`, () => {
    let simulator: Simulator;
    let machine: Machine;
    let disks: readonly string[] = [];
    const folder = mkdtempSync(join(tmpdir(), 'host-life-'));
    const file = (name: string): string => join(folder, name);

    beforeAll(async () => {
      simulator = await startSimulator({ dockerHost: engine?.dockerHost });
      machine = new Machine(command, simulator.env);
    });
    afterAll(async () => {
      machine.dispose();
      rmSync(folder, { recursive: true, force: true });
      await simulator.stop();
    });

    const ssh = async (script: string): Promise<string> => await machine.run('ssh', 'web-1', script);

    /** Runs the docker client against the machine's engine, with what `config` says. */
    async function docker(...args: string[]): Promise<string> {
      const config = await machine.run('config', 'web-1');
      const options = config.replaceAll('"', '').split(/\s+/);
      return execFileSync('docker', [...options, ...args], { encoding: 'utf8' }).trim();
    }
    const inContainer = async (script: string): Promise<string> =>
      await docker('run', '--rm', '--volume', 'kept:/kept', 'busybox', '/busybox', 'sh', '-c', script);

    test('create ends with a running engine', async () => {
      const { code, output } = await machine.attempt('create', '-d', 'nutanix', ...HARDWARE, 'web-1');
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain('Docker is up and running!');
      disks = attachedDisks(await simulator.diskUuids());
      expect(disks).toHaveLength(2);
    });

    test('ls shows it running, with the version of a real engine', async () => {
      const line = await machine.run('ls', '--format', '{{.Name}} {{.State}} {{.DockerVersion}} {{.Error}}');
      expect(line).toMatch(/^web-1 Running v\d+\.\d+\.\d+\S*$/);
    });

    test('ssh runs commands on a host of that name, and says how they ended', async () => {
      expect(await ssh('hostname; systemctl is-active docker')).toBe('web-1\nactive');
      expect((await machine.attempt('ssh', 'web-1', 'exit 3')).code).not.toBe(0);
    });

    test('scp copies to the host and back', async () => {
      writeFileSync(file('there'), 'to the host\n');
      await machine.run('scp', file('there'), 'web-1:/root/there');
      await machine.run('scp', 'web-1:/root/there', file('back'));
      expect(readFileSync(file('back'), 'utf8')).toBe('to the host\n');
    });

    test('env lets a shell use the engine', async () => {
      const lines = await machine.run('env', '--shell', 'bash', 'web-1');
      writeFileSync(file('env'), lines);
      const said = execFileSync(
        'bash',
        ['-c', '. "$0"; docker info --format "{{.Name}}"; env', file('env')],
        { encoding: 'utf8' },
      );
      expect(said.split('\n')[0]).toBe('web-1');
      expect(said).toMatch(/^DOCKER_HOST=tcp:\/\/10\.77\.\d+\.\d+:2376$/m);
    });

    test("the Docker disk is /var/lib/docker's file system, and the system disk has its size", async () => {
      expect(await ssh('findmnt -no SOURCE,FSTYPE --mountpoint /var/lib/docker | tail -n 1')).toMatch(
        /^\/dev\/sdb\s+xfs$/,
      );
      expect(await ssh('lsblk -bdno NAME,SIZE,TYPE')).toMatch(
        new RegExp(`^sda\\s+${12 * 2 ** 30}\\s+disk\\s+sdb\\s+${6 * 2 ** 30}\\s+disk$`),
      );
      expect(await docker('info', '--format', '{{.DockerRootDir}} {{.Driver}} {{.NCPU}}')).toBe(
        '/var/lib/docker overlay2 1',
      );
    });

    test('a container runs, from a root file system of one program', async () => {
      await machine.run('scp', 'web-1:/bin/busybox', folder);
      const archive = file('busybox.tar');
      execFileSync('tar', ['--directory', folder, '--create', '--file', archive, 'busybox']);
      await docker('import', archive, 'busybox');
      expect(await inContainer('echo first > /kept/file; cat /kept/file')).toBe('first');
    });

    test('its volume is kept over stop and start', async () => {
      await machine.run('stop', 'web-1');
      expect(await machine.run('status', 'web-1')).toBe('Stopped');
      expect(attachedDisks(disks)).toEqual([]);
      await machine.run('start', 'web-1');
      expect(await inContainer('cat /kept/file; echo second > /kept/file')).toBe('first');
    });

    test('and over restart', async () => {
      await machine.run('restart', 'web-1');
      expect(await inContainer('cat /kept/file; echo third > /kept/file; sync')).toBe('second');
    });

    test('and when the plug is pulled', async () => {
      await machine.run('kill', 'web-1');
      expect(await machine.run('status', 'web-1')).toBe('Stopped');
      await machine.run('start', 'web-1');
      expect(await inContainer('cat /kept/file')).toBe('third');
    });

    test('rm leaves no container, volume, network or loop device', async () => {
      expect(attachedDisks(disks)).toHaveLength(2);
      await machine.run('rm', '-y', 'web-1');
      expect(await simulator.vmNames()).toEqual([]);
      expect(engine?.left()).toBe('');
      expect(attachedDisks(disks)).toEqual([]);
    });
  });
}
