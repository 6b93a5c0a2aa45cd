import type { Guest, GuestBackend, GuestSpec } from '../../../src/simulator/guests/index.js';
import type { GuestLogin } from './guest-login.js';
import { OperationError } from '../../../src/support/index.js';
import { dataDisk, guestSpec, managedNic, Told, unmanagedNic } from './specs.js';

const GIB = 2 ** 30;

/** What every kind of guest does, whatever it is made of. The tests build on each other. */
export function describeContract(
  login: GuestLogin,
  address: string,
  make: () => Promise<GuestBackend>,
): void {
  describe('as every guest', () => {
    const spec: GuestSpec = guestSpec(login, address, {
      name: 'Web_1 of Zoë',
      metaData: 'local-hostname: web-1',
      nics: [managedNic(address), unmanagedNic()],
      disks: [dataDisk(0, 10), dataDisk(1, 2)],
    });
    let backend: GuestBackend;
    let guest: Guest;
    let told: Told;

    const run = async (command: string): Promise<string> => await login.run(address, command);
    const powerOn = async (changes: Partial<GuestSpec> = {}): Promise<void> => {
      told = new Told();
      guest = await backend.powerOn({ ...spec, ...changes }, told);
    };

    beforeAll(async () => {
      backend = await make();
      await powerOn();
    });
    afterAll(async () => await backend.close());

    test('its user-data let us in, and cloud-init ends well', async () => {
      expect(await run('cloud-init status --wait')).toContain('status: done');
      expect(await run('cat /etc/os-release')).toContain('ID=');
    });

    test('it has the host name of its meta-data', async () => {
      expect(await run('hostname')).toBe('web-1');
    });

    test('it has the CPUs and the disks of its VM', async () => {
      expect(await run('nproc')).toBe('1');
      expect(await run('lsblk -bdno NAME,SIZE | tr -s " "')).toBe(`sda ${10 * GIB}\nsdb ${2 * GIB}`);
    });

    test('the address of a card without one is told, and is its', async () => {
      await told.address();
      const [learned] = told.learned;
      expect(told.learned).toHaveLength(1);
      expect(learned?.nic).toBe(spec.nics[1]?.uuid);
      expect(await login.run(learned?.ip ?? '', 'hostname')).toBe('web-1');
    });

    test('an address that another guest has is refused, and nothing stays of that VM', async () => {
      const twin = guestSpec(login, address);
      await expect(backend.powerOn(twin, new Told())).rejects.toThrow(OperationError);
      await backend.remove(twin.vmUuid);
      expect(await run('hostname')).toBe('web-1');
    });

    test('files are kept over a power cycle', async () => {
      await run('echo one > /root/kept && sync');
      await guest.powerOff();
      await powerOn();
      expect(await run('cat /root/kept')).toBe('one');
    });

    test('a data disk keeps what is on it, and has grown at the next power-on', async () => {
      await run('mkfs.ext4 -q -L kept /dev/sdb && mkdir -p /srv/kept && mount /dev/sdb /srv/kept');
      await run('echo disk > /srv/kept/file; sync; umount /srv/kept');
      await guest.powerOff();
      await powerOn({ disks: spec.disks.map((disk) => ({ ...disk, sizeBytes: disk.sizeBytes + GIB })) });
      expect(await run('lsblk -bdno NAME,SIZE | tr -s " "')).toBe(`sda ${11 * GIB}\nsdb ${3 * GIB}`);
      expect(await run('mount /dev/disk/by-label/kept /srv/kept; cat /srv/kept/file')).toBe('disk');
    });

    test('the power button turns it off; that is told once', async () => {
      guest.requestShutdown();
      await told.off();
      await guest.powerOff();
      expect(told.offs).toBe(1);
      await powerOn();
      expect(await run('cat /root/kept')).toBe('one');
    });

    test('a reboot does not count as power-off', async () => {
      const before = await run('cat /run/before 2>/dev/null || touch /run/before');
      expect(before).toBe('');
      guest.requestReboot();
      // A guest that goes down takes the command with it, and its exit status.
      const look = async (): Promise<string> =>
        (await login.attempt(address, 'test -e /run/before || echo rebooted')).output;
      while (!(await look()).includes('rebooted')) await pause();
      expect(await run('cat /root/kept')).toBe('one');
      expect(told.offs).toBe(0);
    });

    test('reset boots it again', async () => {
      await run('touch /run/before');
      await guest.reset();
      expect(await run('test -e /run/before || echo new')).toBe('new');
      expect(told.offs).toBe(0);
    });

    test('poweroff typed inside turns it off', async () => {
      await login.attempt(address, 'poweroff');
      await told.off();
      expect(told.offs).toBe(1);
    });

    test('what a removed VM had is gone', async () => {
      await powerOn();
      await backend.remove(spec.vmUuid);
      await backend.remove(spec.vmUuid);
      expect(told.offs).toBe(0);
      await powerOn();
      expect(await run('cat /root/kept 2>/dev/null || echo nothing')).toBe('nothing');
    });
  });
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
