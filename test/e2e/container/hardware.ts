import type { Guest, GuestBackend, GuestSpec } from '../../../src/simulator/guests/index.js';
import type { GuestLogin } from './guest-login.js';
import { dataDisk, guestSpec, managedNic, Told, unmanagedNic, userData } from './specs.js';

const GIB = 2 ** 30;
const ADDRESS = '10.77.22.10';

/** A disk that is partitioned, and one that is a file system as a whole. */
const STORAGE = `
disk_setup:
  /dev/sdb: {table_type: gpt, layout: [50, 50]}
fs_setup:
  - {device: /dev/sdb, partition: 2, filesystem: ext4, label: second}
  - {device: /dev/sdc, partition: none, filesystem: xfs, label: whole}
mounts:
  - [/dev/sdb2, /srv/second]
  - [/dev/disk/by-label/whole, /srv/whole]
`;

/** The VM's hardware as the guest sees it. The tests build on each other. */
export function describeHardware(login: GuestLogin, make: () => Promise<GuestBackend>): void {
  describe('hardware', () => {
    const spec: GuestSpec = guestSpec(login, ADDRESS, {
      userData: userData(login, STORAGE),
      memoryMiB: 768,
      nics: [managedNic(ADDRESS), unmanagedNic()],
      disks: [dataDisk(0, 10), dataDisk(1, 2), dataDisk(2, 1)],
    });
    let backend: GuestBackend;
    let guest: Guest;
    let told: Told;
    const run = async (command: string): Promise<string> => await login.run(ADDRESS, command);
    /** The number of a partition does not fit the schema of newer versions, which warn (status 2) and use it all the same. */
    const setUp = async (): Promise<void> => {
      const { code, output } = await login.attempt(ADDRESS, 'cloud-init status --wait');
      expect([code === 0 || code === 2, output]).toEqual([true, expect.stringContaining('status: done')]);
    };
    const powerOn = async (changed: GuestSpec): Promise<void> => {
      told = new Told();
      guest = await backend.powerOn(changed, told);
      await setUp();
    };

    beforeAll(async () => {
      backend = await make();
      await powerOn(spec);
    });
    afterAll(async () => await backend.close());

    test('it has as many CPUs as the VM, and no more of their time', async () => {
      expect(await run('nproc')).toBe('1');
      const quota = 'cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || true';
      expect(await run(quota)).toMatch(/^100000( 100000)?$/);
    });

    test('what takes more memory than the VM has is ended, and the guest lives on', async () => {
      const take = (mib: number): string => `python3 -c 'len(bytearray(${mib} << 20)) and print("had it")'`;
      expect(await run(take(300))).toBe('had it');
      expect((await login.attempt(ADDRESS, take(900))).output).not.toContain('had it');
      expect(await run('systemctl is-active docker')).toBe('active');
    });

    test('no file system of it waits for a process: one that died would hang the guest', async () => {
      expect(await run('cut -d " " -f 3 /proc/mounts | sort -u')).not.toMatch(/^(fuse|fuseblk|fuse\..*)$/m);
    });

    test('it has the disks of the VM, and sees no others', async () => {
      expect(await run('lsblk -bdno NAME,TYPE,SIZE | tr -s " "')).toBe(
        [`sda disk ${10 * GIB}`, `sdb disk ${2 * GIB}`, `sdc disk ${GIB}`].join('\n'),
      );
    });

    test('its disks are listed as they are called, whichever loop devices are free', async () => {
      // Each file is attached until its number is above the one before; what was too low is given back.
      const script = `
import loop_device, os
free = iter([(5, 50), (3, 30), (4, 40), (7, 70), (6, 60), (9, 90)])
loop_device.attach = lambda path: next(free)
os.close = lambda device: print("back", device)
print(*loop_device.attach_in_order(["a", "b", "c"]))`;
      expect(await run(`cd /usr/lib/prism-guest; python3 -c '${script}'`)).toBe(
        'back 30\nback 40\nback 60\n(5, 50) (7, 70) (9, 90)',
      );
    });

    test('cloud-init has partitioned, formatted and mounted them', async () => {
      expect(await run('findmnt -rno SOURCE,FSTYPE /srv/second; findmnt -rno SOURCE,FSTYPE /srv/whole')).toBe(
        '/dev/sdb2 ext4\n/dev/sdc xfs',
      );
    });

    test('Docker lies on the system disk, which is as large as it says', async () => {
      expect(await run('findmnt -rno SOURCE --mountpoint /var/lib/docker')).toBe('/dev/sda');
      expect(Number(await run('df --output=size -B1 /var/lib/docker | tail -n 1'))).toBeGreaterThan(9 * GIB);
      expect(await run('docker info --format "{{.Driver}}"')).toBe('overlay2');
    });

    test('it has the cards of the VM, by address and hardware address', async () => {
      const cards = await run('ip -br link | tail -n +2 | grep -v docker; ip -br -4 address');
      expect(cards).toContain('50:6b:8d:16:0a:01');
      expect(cards).toContain('50:6b:8d:aa:bb:cc');
      expect(cards).toContain(`${ADDRESS}/24`);
      const [learned] = told.learned;
      expect(learned?.nic).toBe(spec.nics[1]?.uuid);
      expect(cards).toContain(`${learned?.ip ?? 'none'}/`);
      expect(await login.run(learned?.ip ?? '', 'hostname')).toBe('web-1');
    });

    test('what is outside fails at once, and provisioning goes on', async () => {
      // Where it has to wait for an address or a connection, curl ends with 28.
      const curl = 'curl --silent --connect-timeout 20';
      expect((await login.attempt(ADDRESS, `${curl} http://192.0.2.55`)).code).toBe(7);
      await run('apt-get update && apt-get install -y curl');
      expect((await login.attempt(ADDRESS, `${curl} http://nowhere.example`)).code).toBe(6);
    });

    test('mounts and files are there after a reboot', async () => {
      await run('echo two > /srv/second/kept; echo three > /srv/whole/kept; touch /run/before; sync');
      await guest.reset();
      await run('test ! -e /run/before');
      await setUp();
      expect(await run('cat /srv/second/kept /srv/whole/kept')).toBe('two\nthree');
    });

    test('disks that have grown, a new one, a card less and more memory show at the next power-on', async () => {
      guest.requestShutdown();
      await told.off();
      const [system = dataDisk(0, 10), ...others] = spec.disks;
      await powerOn({
        ...spec,
        memoryMiB: 1024,
        cpus: 2,
        nics: spec.nics.slice(0, 1),
        disks: [{ ...system, sizeBytes: 15 * GIB }, ...others, dataDisk(3, 3)],
      });
      expect(await run('lsblk -bdno SIZE | tr -d " "')).toBe(
        [15, 2, 1, 3].map((gib) => gib * GIB).join('\n'),
      );
      expect(Number(await run('df --output=size -B1 /var/lib/docker | tail -n 1'))).toBeGreaterThan(14 * GIB);
      expect(await run('cat /srv/second/kept')).toBe('two');
      expect(await run('ip -br link | grep -c "^eth"')).toBe('1');
      expect(told.learned).toEqual([]);
    });
  });
}
