import { createServer } from 'node:net';
import { emulatedGuests, guestSpec, SSH_PORT, Told } from '../guest.js';
import { run } from '../running-system.js';
import { held, isOpen } from './held-guest.js';

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
      await backend.system(vmUuid)?.cloudInit.finished(AbortSignal.timeout(120_000));
    expect(await Promise.all(specs.map((spec) => isOpen(spec.address)))).toEqual(specs.map(() => true));
    await backend.close();
    await backend.close();
    expect(await Promise.all(specs.map((spec) => isOpen(spec.address)))).toEqual(specs.map(() => false));
  });
});
