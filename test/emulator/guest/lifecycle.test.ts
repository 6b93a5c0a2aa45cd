import { connect as connectTcp, type Socket } from 'node:net';
import { login, SSH_PORT, started } from '../guest.js';
import { loopbackAddress } from '../loopback.js';
import { run } from '../running-system.js';
import { connect, exec, runOver } from '../ssh/ssh-client.js';
import { held, isOpen } from './held-guest.js';

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
