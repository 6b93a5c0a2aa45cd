import type { Guest, GuestBackend, GuestSpec } from '../../../src/simulator/guests/index.js';
import type { GuestLogin } from './guest-login.js';
import { guestSpec, Told } from './specs.js';

/** What every kind of guest does, whatever it is made of. The tests build on each other. */
export function describeContract(
  login: GuestLogin,
  address: string,
  make: () => Promise<GuestBackend>,
  describeIt: jest.Describe = describe,
): void {
  describeIt('as every guest', () => {
    const spec: GuestSpec = guestSpec(login, address, {
      name: 'Web_1 of Zoë',
      metaData: 'local-hostname: web-1',
    });
    let backend: GuestBackend;
    let guest: Guest;
    let told: Told;

    const run = async (command: string): Promise<string> => await login.run(address, command);
    const powerOn = async (): Promise<void> => {
      told = new Told();
      guest = await backend.powerOn(spec, told);
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

    test('files are kept over a power cycle', async () => {
      await run('echo one > /root/kept && sync');
      await guest.powerOff();
      await powerOn();
      expect(await run('cat /root/kept')).toBe('one');
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
      while (!(await run('test -e /run/before || echo rebooted')).includes('rebooted')) await pause();
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
