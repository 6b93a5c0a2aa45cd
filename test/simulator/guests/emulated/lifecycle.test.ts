import { createServer } from 'node:net';
import { connect as connectTcp, type Socket } from 'node:net';
import type { EmulatedGuestOptions, GuestSpec } from '../../../../src/simulator/guests/index.js';
import { HeldClock } from '../../held-clock.js';
import { emulatedGuests, guestSpec, login, SSH_PORT, started, Told } from '../guest.js';
import { loopbackAddress } from '../loopback.js';
import { run } from '../running-system.js';
import { connect, exec, runOver } from '../ssh/ssh-client.js';

const TIMES = { boot: 300, cloudInit: 200, shutdown: 150, learning: 400, package: 10 };

function isOpen(address: string, port = SSH_PORT): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A guest whose time is the test's. */
async function held(changes: Partial<GuestSpec> = {}, options: Partial<EmulatedGuestOptions> = {}) {
  const clock = new HeldClock();
  const backend = emulatedGuests({ clock, times: TIMES, ...options });
  const spec = guestSpec(changes);
  const told = new Told();
  const guest = await backend.powerOn(spec, told);
  const system = () => {
    const running = backend.system(spec.vmUuid);
    if (running === undefined) throw new Error('the guest is off');
    return running;
  };
  return { clock, backend, spec, told, guest, system };
}

describe('power-on', () => {
  test('first nothing, then SSH, then cloud-init ends', async () => {
    const { clock, spec, system } = await held();
    await clock.advance(299);
    expect(await isOpen(spec.address)).toBe(false);
    expect(system().cloudInit.state).toBe('not started');
    await clock.advance(1);
    expect(await isOpen(spec.address)).toBe(true);
    expect((await run(system(), 'cloud-init status')).out).toBe('status: running\n');
    await clock.advance(200);
    expect((await run(system(), 'cloud-init status')).out).toBe('status: done\n');
  });

  test('an address that the guest picked is learned, once per boot; one that was given is not', async () => {
    const own = { uuid: 'own', macAddress: '50:6b:8d:12:34:56', address: undefined, prefixLength: undefined };
    const given = {
      uuid: 'given',
      macAddress: '50:6b:8d:12:34:57',
      address: loopbackAddress(),
      prefixLength: 24,
    };
    const { clock, told, guest, system, backend, spec } = await held({ nics: [own, given] });
    await clock.advance(699);
    expect(told.learned).toEqual([]);
    await clock.advance(1);
    const address = system().network.addresses[0] ?? '';
    expect(told.learned).toEqual([['own', address]]);
    expect(address).toMatch(/^127\.78\./);
    expect(await Promise.all([isOpen(address), isOpen(given.address)])).toEqual([true, true]);
    await guest.powerOff();
    await backend.powerOn(spec, told);
    await clock.advance(1000);
    expect(told.learned).toEqual([
      ['own', address],
      ['own', address],
    ]);
  });

  test('a second time it is the same guest', async () => {
    const { backend, spec, told, system } = await held();
    const before = system();
    await backend.powerOn(spec, told);
    expect(system()).not.toBe(before);
    expect(before.signal.aborted).toBe(true);
  });
});

describe('power-off', () => {
  test('the button: services stop, then power goes, and the outside is told once', async () => {
    const { clock, spec, told, guest, system } = await held();
    await clock.advance(1000);
    const running = system();
    guest.requestShutdown();
    guest.requestShutdown();
    await clock.advance(149);
    expect(told.poweredOffs).toBe(0);
    expect(await isOpen(spec.address)).toBe(false);
    await clock.advance(1);
    await told.off;
    expect(running.signal.aborted).toBe(true);
    expect(await isOpen(spec.address)).toBe(false);
    await guest.powerOff();
    await clock.advance(1000);
    expect(told.poweredOffs).toBe(1);
  });

  test('pulling the plug drops every connection and tells nobody', async () => {
    const guest = await started();
    const client = await connect(login(guest));
    const channel = await exec(client, 'echo begun; sleep 1000');
    await new Promise((resolve) => channel.once('data', resolve));
    const idle: Socket = connectTcp(SSH_PORT, guest.spec.address);
    idle.on('error', () => undefined);
    await new Promise((resolve) => idle.once('data', resolve));
    const closed = [
      new Promise<void>((resolve) => client.once('close', resolve)),
      new Promise((resolve) => idle.once('close', resolve)),
    ];
    await guest.guest.powerOff();
    await Promise.all(closed);
    expect(await isOpen(guest.spec.address)).toBe(false);
    expect(guest.told.poweredOffs).toBe(0);
  });

  test('during boot it ends the boot', async () => {
    const { clock, spec, guest, backend } = await held();
    await clock.advance(100);
    await guest.powerOff();
    expect(clock.sleeping).toBe(0);
    await clock.advance(1000);
    expect(backend.system(spec.vmUuid)).toBeUndefined();
    expect(await isOpen(spec.address)).toBe(false);
  });

  test('during shutdown it wins', async () => {
    const { clock, told, guest } = await held();
    await clock.advance(1000);
    guest.requestShutdown();
    await guest.powerOff();
    await clock.advance(1000);
    expect(told.poweredOffs).toBe(0);
  });

  test('typed inside', async () => {
    const guest = await started();
    const client = await connect(login(guest));
    await runOver(client, 'sudo shutdown -h now');
    await guest.told.off;
    expect(guest.told.poweredOffs).toBe(1);
    expect(await isOpen(guest.spec.address)).toBe(false);
  });
});

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

describe('faults', () => {
  test('a guest that ignores ACPI', async () => {
    const { clock, told, guest, spec } = await held({}, { faults: () => ({ ignoresAcpi: true }) });
    await clock.advance(1000);
    guest.requestShutdown();
    guest.requestReboot();
    await clock.advance(10_000);
    expect(told.poweredOffs).toBe(0);
    expect(await isOpen(spec.address)).toBe(true);
  });

  test.each([
    ['hangs at boot', { hangsAtBoot: true }, 'not started'],
    ['has no SSH', { noSsh: true }, 'done'],
  ] as const)('a guest that %s', async (_what, faults, state) => {
    const { clock, spec, system } = await held({}, { faults: () => faults });
    await clock.advance(10_000);
    expect(await isOpen(spec.address)).toBe(false);
    expect(system().cloudInit.state).toBe(state);
  });

  test('cloud-init that fails, and one that never ends', async () => {
    const failing = await held({}, { faults: () => ({ cloudInit: { error: 'no luck' } }) });
    await failing.clock.advance(1000);
    expect(await run(failing.system(), 'cloud-init status')).toMatchObject({
      status: 1,
      out: 'status: error\n',
    });
    const endless = await held({}, { faults: () => ({ cloudInit: 'hangs' }) });
    await endless.clock.advance(100_000);
    expect((await run(endless.system(), 'cloud-init status')).out).toBe('status: running\n');
  });

  test('an address that changes, or is never learned', async () => {
    const nic = { uuid: 'n', macAddress: '50:6b:8d:77:77:77', address: undefined, prefixLength: undefined };
    const faults = { newAddress: true, addressNotLearned: false };
    const { clock, told, guest, backend, spec } = await held({ nics: [nic] }, { faults: () => faults });
    await clock.advance(1000);
    await guest.powerOff();
    await backend.powerOn(spec, told);
    await clock.advance(1000);
    expect(new Set(told.learned.map(([, ip]) => ip)).size).toBe(2);
    faults.addressNotLearned = true;
    await backend.powerOn(spec, told);
    await clock.advance(1000);
    expect(told.learned).toHaveLength(2);
  });
});

describe('ports', () => {
  test('one that is taken is told at power-on, with what to do', async () => {
    const spec = guestSpec();
    const other = createServer().listen(SSH_PORT, spec.address);
    await new Promise((resolve) => other.once('listening', resolve));
    await expect(emulatedGuests().powerOn(spec, new Told())).rejects.toMatchObject({
      code: 'conflict',
      message: `open port ${SSH_PORT} on ${spec.address} for the guest of VM "web-1": another program uses this port. End that program, or give the subnet other addresses or the guests another SSH port.`,
    });
    other.close();
  });

  test('an address that is not of this machine', async () => {
    const nic = { uuid: 'n', macAddress: '50:6b:8d:00:00:02', address: '192.0.2.1', prefixLength: 24 };
    await expect(emulatedGuests().powerOn(guestSpec({ nics: [nic] }), new Told())).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });

  test('all are free after close', async () => {
    const backend = emulatedGuests();
    const specs = Array.from({ length: 20 }, () => guestSpec());
    for (const spec of specs) await backend.powerOn(spec, new Told());
    for (const { vmUuid } of specs)
      await backend.system(vmUuid)?.cloudInit.finished(AbortSignal.timeout(5000));
    expect(await Promise.all(specs.map((spec) => isOpen(spec.address)))).toEqual(specs.map(() => true));
    await backend.close();
    await backend.close();
    expect(await Promise.all(specs.map((spec) => isOpen(spec.address)))).toEqual(specs.map(() => false));
  });
});
