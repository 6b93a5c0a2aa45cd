import { run } from '../running-system.js';
import { held, isOpen } from './held-guest.js';

describe('what is kept', () => {
  test('files over shutdown, reboot and reset; /tmp, /run and the host name of the kernel not', async () => {
    const { clock, guest, system } = await held();
    await clock.advance(1000);
    await run(system(), 'echo kept > /root/f; echo x > /tmp/f; echo x > /run/f; hostname transient');
    const boots = new Set([system().bootId]);
    const reboot = () => {
      guest.requestReboot();
      return Promise.resolve();
    };
    for (const again of [() => guest.reset(), reboot]) {
      await again();
      await clock.advance(2000);
      boots.add(system().bootId);
      expect(await run(system(), 'cat /root/f; ls /tmp /run/f; hostname')).toMatchObject({
        out: 'kept\n/tmp:\nweb-1\n',
      });
    }
    expect(boots.size).toBe(3);
  });

  test('disks go with their identifier', async () => {
    const disk = (uuid: string, index: number) => ({ uuid, sizeBytes: 2 ** 30, adapter: 'SCSI', index });
    const { clock, guest, system, backend, spec, told } = await held({ disks: [disk('s', 0), disk('a', 1)] });
    await clock.advance(1000);
    await run(system(), 'mkfs.ext4 -q -L a /dev/sdb; mkdir /m; mount /dev/sdb /m; echo on-a > /m/f');
    await guest.powerOff();
    await backend.powerOn({ ...spec, disks: [disk('s', 0), disk('b', 1), disk('a', 2)] }, told);
    await clock.advance(1000);
    expect((await run(system(), 'ls /m; mount LABEL=a /m; cat /m/f; findmnt -n -o SOURCE /m')).out).toBe(
      'on-a\n/dev/sdc\n',
    );
  });

  test('nothing after remove', async () => {
    const { clock, system, backend, spec, told } = await held();
    await clock.advance(1000);
    await run(system(), 'echo kept > /root/f');
    await backend.remove(spec.vmUuid);
    await backend.remove(spec.vmUuid);
    expect(await isOpen(spec.address)).toBe(false);
    await backend.powerOn(spec, told);
    await clock.advance(1000);
    expect((await run(system(), 'cat /root/f')).status).toBe(1);
  });

  test('a disk of /etc/fstab that is gone leaves the guest in emergency mode, unless nofail', async () => {
    const { clock, guest, system, spec } = await held();
    await clock.advance(1000);
    await run(system(), 'echo "/dev/gone /gone ext4 defaults,nofail 0 2" >> /etc/fstab');
    await guest.reset();
    await clock.advance(1000);
    expect(await isOpen(spec.address)).toBe(true);
    await run(system(), 'echo "/dev/gone2 /gone2 ext4 defaults 0 2" >> /etc/fstab');
    await guest.reset();
    await clock.advance(1000);
    expect(await isOpen(spec.address)).toBe(false);
  });
});
