import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, startTestEngine } from '../container/engine.js';
import { dist, DOCKER_MACHINE, Machine } from '../machine.js';
import { startSimulator, type Simulator } from '../simulator.js';

jest.setTimeout(600_000);

const engine = startTestEngine();
afterAll(() => engine?.stop());

/**
 * The real thing: hosts made by docker-machine, each with systemd, a real engine and the plugin as `setup` installs it;
 * volume groups are attached by the hypervisor, found by their serial, formatted and mounted. The tests build on each other.
 */
describeWith(engine)('the volume plugin on a host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-plugin-guest-'));
  let simulator: Simulator;
  let machine: Machine;

  const ssh = async (script: string): Promise<string> => await machine.run('ssh', 'vol-1', script);
  const docker = async (args: string): Promise<string> => await ssh(`docker ${args}`);

  beforeAll(async () => {
    simulator = await startSimulator({ dockerHost: engine?.dockerHost, host: '0.0.0.0', api: 'v3,v4' });
    machine = new Machine(DOCKER_MACHINE, simulator.env);
    machine.limit = 400_000;
    await machine.run('create', '-d', 'nutanix', '--nutanix-vm-mem', '1536', 'vol-1');
    await machine.run('scp', dist('nutanix-volume'), 'vol-1:/usr/local/bin/nutanix-volume');
  });

  afterAll(async () => {
    await machine.attempt('rm', '-f', 'vol-1');
    machine.dispose();
    rmSync(folder, { recursive: true, force: true });
    await simulator.stop();
  });

  test('setup installs and starts it, and changes nothing the second time', async () => {
    const address = await machine.run('ip', 'vol-1');
    const { NUTANIX_PORT: port, NUTANIX_USERNAME: username, NUTANIX_PASSWORD: password } = simulator.env;
    // The simulator is behind the gateway of the subnet.
    const endpoint = address.replace(/\.\d+$/, '.1');
    const config = { endpoint, port: Number(port), username, password, insecure: true };
    const setup = { config: JSON.stringify(config), policy: '{ defaults: { size: 1G } }' };
    writeFileSync(join(folder, 'setup.json'), JSON.stringify(setup), { mode: 0o600 });
    await machine.run('scp', join(folder, 'setup.json'), 'vol-1:/root/setup.json');
    const answer = await ssh('nutanix-volume setup --json </root/setup.json');
    expect(answer).toContain('{"changed":true}');
    expect(await ssh('nutanix-volume setup --json </root/setup.json; rm /root/setup.json')).toContain(
      '{"changed":false}',
    );
    expect(await ssh('systemctl is-active nutanix-volume.socket nutanix-volume.service')).toBe(
      'active\nactive',
    );
  });

  test('doctor finds this VM', async () => {
    const findings = JSON.parse(await ssh('nutanix-volume doctor --json || true')) as {
      check: string;
      verdict: string;
    }[];
    const failed = findings.filter(({ verdict }) => verdict === 'fail');
    expect(failed).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'VM', verdict: 'ok' }));
  });

  test('what a container writes is there for the next one', async () => {
    await ssh(
      'mkdir -p /root/box/bin && cp /bin/busybox /root/box/bin && ln -s busybox /root/box/bin/sh && tar -C /root/box -c . | docker import - box',
    );
    await docker('volume create -d nutanix -o fs=xfs -o owner=7:8 -o mode=0750 db');
    await docker(`run --rm -v db:/data box sh -c 'echo kept >/data/x; busybox sync'`);
    expect(await docker(`run --rm -v db:/data box busybox cat /data/x`)).toBe('kept');
    expect(await docker(`run --rm -v db:/data box busybox stat -c %u:%g:%a /data`)).toBe('7:8:750');
    expect(await ssh('nutanix-volume ls --json')).toContain('"name": "db"');
  });

  test('two containers and cp share one mount; a kill of the plugin does not hurt them', async () => {
    for (const name of ['one', 'two'])
      await docker(`run -d --name ${name} -v db:/data box busybox sleep 3600`);
    expect(await ssh('cat /proc/mounts | grep -c nutanix-volume')).toBe('1');
    await docker('cp two:/data/x /root/copied');
    await docker('rm -f one');
    await ssh('systemctl kill -s KILL nutanix-volume.service');
    expect(await docker(`exec two sh -c 'echo more >>/data/x; busybox cat /data/x'`)).toBe('kept\nmore');
    expect(await docker('volume inspect -f {{.Driver}} db')).toBe('nutanix');
    await docker('restart -t 0 two');
    expect(await docker('exec two busybox cat /data/x')).toBe('kept\nmore');
  });

  test('while Prism Central is away: restart, list, and never a local volume of the name', async () => {
    await simulator.addFault({ name: 'away', match: {}, effect: { status: 503 } }).catch(() => undefined);
    await docker('restart -t 0 two');
    expect(await docker('volume ls -q')).toContain('db');
    await simulator.clearFaults();
  });

  test('after the last container the volume is detached; rm keeps it, restore brings it back', async () => {
    await docker('rm -f two');
    expect(await ssh('cat /proc/mounts | grep -c nutanix-volume || true')).toBe('0');
    await docker('volume rm db');
    expect(await docker('volume ls -q')).toBe('');
    expect(await ssh('nutanix-volume ls --removed')).toContain('db');
    await ssh('nutanix-volume restore db');
    expect(await docker(`run --rm -v db:/data --volume-driver nutanix box busybox cat /data/x`)).toBe(
      'kept\nmore',
    );
  });
});
